package main

import (
	"bytes"
	"context"
	"crypto/ed25519"
	_ "embed"
	"encoding/base64"
	"fmt"
	"io"
	"strings"

	"buzon/exchange"
	"buzon/exchange/dropbox/tree"
	"buzon/store"
)

// foldersUNE is the tree of every UNE (lineamientos, section 1).
var foldersUNE = []tree.Folder{
	{Name: exchange.CarpetaReclamaciones},
	{Name: exchange.CarpetaRespuestas, Upload: true},
	{Name: exchange.CarpetaAcuses},
	{Name: exchange.CarpetaRechazos},
	{Name: exchange.CarpetaEstado, Live: true},
}

//go:embed leeme.txt
var leeme string

// openUNE makes an institution's tree, and what its clerk reads first in it.
func (g *gateway) openUNE(ctx context.Context, in store.Institucion) error {
	account := in.UNE.String()
	if err := g.tree.AddAccount(account, foldersUNE); err != nil {
		return err
	}
	text := strings.NewReplacer("{clave}", account, "{denominacion}", in.Denominacion, "\n", "\r\n").Replace(leeme)
	if err := g.tree.PutRoot(account, "LEEME.txt", []byte(text)); err != nil {
		return err
	}
	keys := llaves(g.cycle.Sello)
	return g.tree.Mailbox(account, exchange.CarpetaEstado).Put(ctx, "llaves.txt", func() (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(keys)), nil
	})
}

// llaves is estado/llaves.txt: the public keys with which acuses are verified,
// a line each, the name of the key and its 32 bytes in base64.
func llaves(s exchange.Sello) []byte {
	pub := s.Key.Public().(ed25519.PublicKey)
	return fmt.Appendf(nil, "# Llaves públicas (Ed25519) de los sellos de los acuses: identificador y llave en base64.\r\n%s %s\r\n",
		s.ID, base64.StdEncoding.EncodeToString(pub))
}
