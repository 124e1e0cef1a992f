package vista

// Held is how many contents are held in memory for open handles.
func (v *Vista) Held() int {
	v.memoria.mu.Lock()
	defer v.memoria.mu.Unlock()
	return len(v.memoria.de)
}
