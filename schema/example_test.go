package schema_test

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"

	"buzon/schema"
)

// The Writer fills in the type of record, the totals and the hash.
func ExampleWriter() {
	var file bytes.Buffer
	w, err := schema.NewWriter(&file, schema.Encabezado{
		GeTipoArchivo: schema.REC, GeVersion: schema.V0100, GeEmisor: schema.CONDUSEF,
		GeReceptor:       schema.Pasarela,
		GeFechaOperacion: "02/03/2026", GeSecuencia: "001",
		GeFechaHoraGeneracion: "2026-03-02T18:05:11-06:00",
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	if _, err := w.Close(); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(strings.ReplaceAll(file.String(), "\r\n", "\n"))
	// Output:
	// 01|REC|01.00|CONDUSEF|PASARELA|02/03/2026|001|2026-03-02T18:05:11-06:00|
	// 09|0|0.00|c3ceea309b2b975c2dde45a19bf41f0e2684e7a71c75127c5f58bd8bdaa82d80
}

// A file is read twice: as a whole, then line by line.
func ExampleExamine() {
	const dir, name = "../testdata/formats/CAT-07_sentido/", "GE_RES_00900001_20260318_001.txt"
	open := func() (io.ReadCloser, error) { return os.Open(dir + name) }
	e, err := schema.Examine(name, open, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(e.Tipo, e.Registros, e.Rechazado())
	for l, err := range schema.Records[schema.Respuesta](e) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(l.Linea, l.Folio, l.Bueno())
		for _, h := range l.Hallazgos {
			fmt.Println(h.Codigo, h.Mensaje)
		}
	}
	// Output:
	// RES 2 false
	// 2 2026/090/1325 false
	// CAT-07 El campo RecSentidoResolucion debe ser 1, 2 o 3. En el folio 2026/090/1325.
	// 3 2026/190/88 true
}

func ExampleReclamacion() {
	r := schema.Reclamacion{
		GeTipoRegistro: "02", RecNumero: "1", RecFolioCondusef: "2026/090/1325",
		RecInstitucionClave: "900001",
		RecDenominacion:     "Financiera Ejemplo", RecSector: "SOFOM", RecFechaReclamacion: "27/02/2026",
		RecFechaTurno:          "02/03/2026",
		RecMedioRecepcionCanal: "6", RecProductoServicio: "026911801257", RecCausaMotivo: "1146",
		RecPori: "NO", RecReversa: "0",
		RecTipoPersona: "2", RecUsuarioNombre: "Abarrotes Inventados", RecEntidadFederativa: "11",
		RecUsuarioTelefono: "4770000000", RecMonetario: "SI", RecMontoReclamado: "820.00",
		RecDescripcionHechos: "Cargo duplicado.",
	}
	fmt.Printf("%s\n", schema.AppendRecord(nil, &r, schema.V0100))
	// Output:
	// 02|1|2026/090/1325|900001|Financiera Ejemplo|SOFOM||27/02/2026|02/03/2026||6|026911801257|1146|NO|0|2|Abarrotes Inventados|||||11||||||4770000000|||SI|820.00|Cargo duplicado.
}

func ExampleRespuesta() {
	r := schema.Respuesta{
		GeTipoRegistro: "02", RecNumero: "1", RecFolioCondusef: "2026/190/88", ResTipo: "2",
		RecFolioAtencion: "UNE-2026-000452",
		RecFechaAtencion: "18/03/2026", ResProrrogaDias: "10", ResProrrogaMotivo: "01",
		ResResponsable: "Lic. Marta Ficticia Salas",
	}
	fmt.Printf("%s\n", schema.AppendRecord(nil, &r, schema.V0100))
	// Output:
	// 02|1|2026/190/88|2|UNE-2026-000452|18/03/2026|||||||10|01||Lic. Marta Ficticia Salas||
}

func ExampleRetorno() {
	r := schema.Retorno{
		Respuesta: schema.Respuesta{
			GeTipoRegistro: "02", RecNumero: "1", RecFolioCondusef: "2026/190/88", ResTipo: "2",
			RecFolioAtencion: "UNE-2026-000452",
			RecFechaAtencion: "18/03/2026", ResProrrogaDias: "10", ResProrrogaMotivo: "01",
			ResResponsable: "Lic. Marta Ficticia Salas",
		},
		RecInstitucionClave: "900001", AcuFolio: "ACU-2026-00000017",
		AcuFechaHoraRecepcion: "2026-03-18T16:22:31-06:00", AcuDiasHabiles: "11", AcuOportunidad: "1",
	}
	fmt.Printf("%s\n", schema.AppendRecord(nil, &r, schema.V0100))
	// Output:
	// 02|1|2026/190/88|2|UNE-2026-000452|18/03/2026|||||||10|01||Lic. Marta Ficticia Salas|||900001|ACU-2026-00000017|2026-03-18T16:22:31-06:00|11|1
}

func ExampleAcuse() {
	r := schema.Acuse{
		GeTipoRegistro: "02", AcuNumero: "1", RecFolioCondusef: "2026/090/1325", AcuEstatus: "A",
		AcuTipo:               "1",
		AcuFechaHoraRecepcion: "2026-03-18T16:22:31-06:00", AcuFechaLimite: "31/03/2026",
		AcuDiasHabiles: "11", AcuOportunidad: "1",
	}
	fmt.Printf("%s\n", schema.AppendRecord(nil, &r, schema.V0100))
	// Output:
	// 02|1|2026/090/1325|A|1|2026-03-18T16:22:31-06:00|31/03/2026|11|1|
}

func ExampleSello_Cadena() {
	s := schema.Sello{
		AcuFolio: "ACU-2026-00000017", AcuArchivo: "GE_RES_00900001_20260318_001.txt", AcuBytes: "520",
		AcuHash:               "570c…",
		AcuFechaHoraRecepcion: "2026-03-18T16:22:31-06:00", AcuResultado: "1", AcuLlaveId: "ed25519:2026a",
	}
	fmt.Println(s.Cadena("34a3…"))
	// Output:
	// ||1.0|ACU-2026-00000017|GE_RES_00900001_20260318_001.txt|520|570c…|2026-03-18T16:22:31-06:00|1|ed25519:2026a|34a3…||
}

func ExampleRechazo() {
	h := schema.NewHallazgo(3, "2026/190/88", "RecFolioCondusef", "NEG-06", "2026/190/88")
	r := schema.Rechazo{
		GeTipoRegistro: "02", RchNumero: "1", RchLinea: schema.NewEntero(int64(h.Linea)),
		RecFolioCondusef: h.Folio,
		RchCampo:         h.Campo, RchCodigo: h.Codigo, RchSeveridad: h.Severidad, RchMensaje: h.Mensaje,
		RchValor: h.Valor,
	}
	fmt.Printf("%s\n", schema.AppendRecord(nil, &r, schema.V0100))
	// Output:
	// 02|1|3|2026/190/88|RecFolioCondusef|NEG-06|E|El campo RecFolioCondusef corresponde a un folio concluido. En el folio 2026/190/88.|2026/190/88
}

func ExampleDictamen() {
	r := schema.Dictamen{GeTipoRegistro: "02", RecNumero: "1", RecFolioCondusef: "2026/090/1325",
		DicTipo: "3", DicFecha: "19/03/2026"}
	fmt.Printf("%s\n", schema.AppendRecord(nil, &r, schema.V0100))
	// Output:
	// 02|1|2026/090/1325|3|19/03/2026|
}
