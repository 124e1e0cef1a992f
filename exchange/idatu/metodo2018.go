package idatu

// The texts of the criteria that GE and GO share.
const (
	vencidos          = "Asuntos directos vencidos"
	tiempo            = "Tiempo promedio de respuesta de asuntos directos"
	incongruentes     = "Directos con respuesta incongruente o incompleta"
	conProrroga       = "Asuntos con prórroga"
	prorrogaVencidos  = "Asuntos con prórroga vencidos"
	prorrogaTiempo    = "Tiempo promedio de asuntos con prórroga"
	prorrogaIncongr   = "Con prórroga con respuesta incongruente o incompleta"
	favorablesCO      = "Favorables que pasaron a CO"
	favorablesSinConc = "Favorables que pasaron a CO y no se conciliaron"
	noFavorablesConc  = "No favorables que en CO se conciliaron"
)

// Metodo2018 is the method of 2018. It is the caller's own.
func Metodo2018() *Metodo {
	return &Metodo{
		Version: "2018",
		Procesos: []ReglaProceso{
			{Proceso: GE, Nombre: "Gestión Electrónica", Concluidos: 4, Criterios: []ReglaCriterio{
				{Numero: 1, Nombre: vencidos, Puntos: 10},
				{Numero: 2, Nombre: tiempo, Puntos: 5, Tiempo: true, VMin: 1, VMax: 20},
				{Numero: 3, Nombre: incongruentes, Puntos: 5},
				{Numero: 4, Nombre: conProrroga, Puntos: 10},
				{Numero: 5, Nombre: prorrogaVencidos, Puntos: 15},
				{Numero: 6, Nombre: prorrogaTiempo, Puntos: 5, Tiempo: true},
				{Numero: 7, Nombre: prorrogaIncongr, Puntos: 5},
				{Numero: 8, Nombre: favorablesCO, Puntos: 20},
				{Numero: 9, Nombre: favorablesSinConc, Puntos: 15},
				{Numero: 10, Nombre: noFavorablesConc, Puntos: 10},
			}},
			{Proceso: GO, Nombre: "Gestión Ordinaria", Concluidos: 4, Criterios: []ReglaCriterio{
				{Numero: 1, Nombre: vencidos, Puntos: 10},
				{Numero: 2, Nombre: tiempo, Puntos: 10, Tiempo: true},
				{Numero: 4, Nombre: conProrroga, Puntos: 10},
				{Numero: 5, Nombre: prorrogaVencidos, Puntos: 15},
				{Numero: 6, Nombre: prorrogaTiempo, Puntos: 10, Tiempo: true},
				{Numero: 8, Nombre: favorablesCO, Puntos: 20},
				{Numero: 9, Nombre: favorablesSinConc, Puntos: 15},
				{Numero: 10, Nombre: noFavorablesConc, Puntos: 10},
			}},
			{Proceso: CO, Nombre: "Conciliación", Concluidos: 1, Criterios: []ReglaCriterio{
				{Numero: 1, Nombre: "Asuntos diferidos", Puntos: 20},
				{Numero: 2, Nombre: "Diferidos no conciliados", Puntos: 20},
				{Numero: 3, Nombre: "Incumplimientos en el proceso", Puntos: 20},
				{Numero: 4, Nombre: "Incumplimientos de convenio", Puntos: 40},
			}},
		},
		Pesos:      map[Proceso]int64{GE: 50, GO: 20, CO: 30},
		PesosSinGO: map[Proceso]int64{GE: 60, CO: 40},
	}
}
