package config

import (
	"crypto/tls"
	"encoding/hex"
	"fmt"
	"net"
	"net/netip"
	"os"
)

// The values of Token.Role.
const (
	RolOperador = "operador"
	RolAuditor  = "auditor"
)

// API is the read-only HTTP API.
type API struct {
	Listen  string  `yaml:"listen" default:"" doc:"host:port to listen on, such as 127.0.0.1:8022; \"\" switches it off. Away from loopback it needs tokens and TLS."`
	Tokens  []Token `yaml:"tokens" doc:"Who may ask. Without any, everybody on this machine may. 'buzon token' makes one."`
	TLSCert string  `yaml:"tls_cert" path:"y" example:"llaves/api.crt" doc:"Certificate chain (PEM) of the API."`
	TLSKey  string  `yaml:"tls_key" path:"y" example:"llaves/api.key" doc:"Its private key (PEM), mode 0600."`
}

// Token is a bearer of the API. Its token is not kept, only a hash of it.
type Token struct {
	Name   string `yaml:"name" required:"y" example:"auditoria" doc:"Who bears it; the log names it so."`
	Role   string `yaml:"role" required:"y" oneof:"operador,auditor" example:"auditor" doc:"operador sees all, auditor events, files and traces."`
	SHA256 string `yaml:"sha256" required:"y" example:"0000000000000000000000000000000000000000000000000000000000000000" doc:"SHA-256 of the token, 64 hexadecimal digits in lower case."`
}

// Sum is the hash of the token; the configuration was checked for it.
func (t Token) Sum() (sum [32]byte) {
	_, _ = hex.Decode(sum[:], []byte(t.SHA256)) // checked by rules.api
	return sum
}

// api checks who may ask where the API listens.
func (r *rules) api() {
	a := r.c.API
	names, sums := map[string]bool{}, map[string]bool{}
	for i, t := range a.Tokens {
		key := fmt.Sprintf("api.tokens[%d]", i)
		if r.faulty[key] {
			continue
		}
		if t.Name != "" {
			r.matches(t.Name, `^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$`, key+".name",
				"write up to 32 letters, digits and . _ -")
			r.rule(!names[t.Name], key+".name", "name each token differently", "%q stands twice", t.Name)
		}
		if t.SHA256 != "" {
			r.matches(t.SHA256, `^[0-9a-f]{64}$`, key+".sha256",
				"write what 'buzon token' printed, never the token itself")
			r.rule(!sums[t.SHA256], key+".sha256", "make one for each bearer", "the token stands twice")
		}
		names[t.Name], sums[t.SHA256] = true, true
	}
	r.rule((a.TLSCert == "") == (a.TLSKey == ""), "api.tls_cert", "set both, or none",
		"tls_cert and tls_key belong together")
	if a.Listen == "" || r.faulty["api.listen"] {
		return
	}
	r.address(a.Listen, "api.listen", true)
	if loopback(a.Listen) {
		return
	}
	r.rule(a.TLSCert != "", "api.tls_cert", "set tls_cert and tls_key, or listen on 127.0.0.1",
		"%s is reached from elsewhere, and has no TLS", a.Listen)
	r.rule(len(a.Tokens) > 0, "api.tokens", "add a token with 'buzon token', or listen on 127.0.0.1",
		"%s is reached from elsewhere, and nobody needs a token", a.Listen)
}

// loopback tells whether only this machine reaches an address to listen on.
func loopback(listen string) bool {
	host, _, err := net.SplitHostPort(listen)
	if err != nil {
		return false
	}
	a, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && a.IsLoopback()
}

// LoadTLS reads the certificate and key of the API; nil where none is configured.
func (a *API) LoadTLS() (*tls.Config, error) {
	if a.TLSCert == "" {
		return nil, nil
	}
	key, err := readPrivate(a.TLSKey)
	if err != nil {
		return nil, fmt.Errorf("read TLS key %s: %w", a.TLSKey, err)
	}
	chain, err := os.ReadFile(a.TLSCert)
	if err != nil {
		return nil, fmt.Errorf("read TLS certificate: %w", err)
	}
	cert, err := tls.X509KeyPair(chain, key)
	if err != nil {
		return nil, fmt.Errorf("TLS certificate %s: %w", a.TLSCert,
			hintf("give the certificate of that key, both as PEM", "%w", err))
	}
	return &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12}, nil
}
