package inventor

import (
	_ "embed" // products and causes
	"encoding/csv"
	"fmt"
	"math"
	"strconv"
	"strings"

	"buzon/schema"
)

//go:embed producto_causa.csv
var productoCausaCSV string

// asunto is a product with a cause, as often as it was seen in its sector.
type asunto struct {
	producto, causa schema.Cifras
	sector          int
	n               float64
}

var asuntos = mustAsuntos(productoCausaCSV)

func mustAsuntos(text string) []asunto {
	all, err := readAsuntos(text)
	if err != nil {
		panic("inventor: the embedded table is part of the program, yet: " + err.Error())
	}
	return all
}

func readAsuntos(text string) ([]asunto, error) {
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("read asuntos: %w", err)
	}
	var all []asunto
	for _, row := range rows[1:] {
		sector, err := strconv.Atoi(row[2])
		if err != nil {
			return nil, fmt.Errorf("read asuntos: sector: %w", err)
		}
		n, err := strconv.ParseFloat(row[3], 64)
		if err != nil {
			return nil, fmt.Errorf("read asuntos: frequency: %w", err)
		}
		all = append(all, asunto{schema.Cifras(row[0]), schema.Cifras(row[1]), sector, n})
	}
	return all, nil
}

// claveSector gives the number of a sector by its name, 0 for one that the table
// does not have. The spellings vary, so that one word must do.
func claveSector(nombre string) int {
	s := plain(nombre)
	switch {
	case strings.Contains(s, "MULTIPLE") && strings.Contains(s, "BANCA"):
		return 40
	case strings.Contains(s, "POPULAR"):
		return 27
	case strings.Contains(s, "COLECTIVO"):
		return 65
	case strings.Contains(s, "OBJETO MULTIPLE") && strings.Contains(s, "E.N.R"):
		return 69
	case strings.Contains(s, "OBJETO MULTIPLE"):
		return 68
	}
	return 0
}

// quejas is what is complained of in a sector.
type quejas struct {
	asuntos []asunto
	sums    []float64 // of the frequencies
}

// quejasDe gives what is complained of in a sector; of an unknown one, anything.
func quejasDe(sector string) *quejas {
	clave := claveSector(sector)
	var of []asunto
	for _, x := range asuntos {
		if x.sector == clave {
			of = append(of, x)
		}
	}
	if of == nil {
		of = asuntos
	}
	return &quejas{of, cumulate(of, func(x asunto) float64 { return x.n })}
}

const (
	shareMonetario = 0.70
	montoMediano   = 4500.0 // pesos
	montoDesvio    = 1.4    // of its logarithm
	montoMinimo    = 50.0
	montoMaximo    = 3_000_000.0
)

// monto is log-normal: many small ones, few very large ones.
func (a Azar) monto() schema.Centavos {
	pesos := montoMediano * math.Exp(montoDesvio*a.NormFloat64())
	return schema.Centavos(math.Round(100 * min(max(pesos, montoMinimo), montoMaximo)))
}

// In the templates {fecha} is a day before the complaint and {monto} its amount.
var (
	hechosMonetarios = []string{
		"Cargo no reconocido el {fecha} por ${monto}; solicita devolución y bloqueo del plástico.",
		"Intereses moratorios por ${monto} después de un pago oportuno el {fecha}; adjuntó comprobantes.",
		"Crédito no solicitado por ${monto}: suplantación de identidad. Presentó denuncia ante la Fiscalía.",
		"Comisión de ${monto} que el Usuario no pactó en su contrato y se cobró el {fecha}.",
		"Pago del {fecha} por ${monto} que no se aplicó al crédito; continúa la gestión de cobranza.",
		"Transferencia del {fecha} por ${monto} que no llegó a su destino; pide aclaración y abono.",
	}
	hechosNoMonetarios = []string{
		"No se entrega la carta finiquito de un crédito liquidado el {fecha}.",
		"Gestión de cobranza con llamadas a deshoras desde el {fecha} por un crédito que no es del Usuario.",
		"Pide la corrección de su historial en la sociedad de información crediticia, con fecha {fecha}.",
		"Negativa de atención en sucursal el {fecha}; pide copia de su contrato y de la carátula.",
		"Solicitó la cancelación del producto el {fecha} sin que a la fecha reciba confirmación.",
	}
)

func (a Azar) hechos(reclamada schema.Dia, monto schema.Monto) string {
	templates := hechosMonetarios
	if monto == "" {
		templates = hechosNoMonetarios
	}
	fecha := reclamada - schema.Dia(1+a.IntN(60))
	return strings.NewReplacer("{fecha}", string(fecha.Fecha()), "{monto}",
		string(monto)).Replace(Pick(a, templates))
}
