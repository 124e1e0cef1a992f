package vista

// Held is how many contents are held in memory for open handles.
func (v *Vista) Held() int {
	v.abiertos.mu.Lock()
	defer v.abiertos.mu.Unlock()
	return len(v.abiertos.de)
}
