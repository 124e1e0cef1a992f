package config

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// apiSet is a working set with a certificate for the API.
func apiSet(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	mustInit(t, dir)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	about := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: marzo, NotAfter: marzo.Add(time.Hour)}
	cert, err := x509.CreateCertificate(rand.Reader, about, about, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	write(t, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert})), dir, "api.crt")
	write(t, string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})), dir, "api.key")
	return dir
}

const apiHead = "source: {folder: condusef}\nseal: {id: a}\napi:\n  "

var (
	sumOfA   = fmt.Sprintf("%x", sha256.Sum256([]byte("a")))
	oneToken = "tokens: [{name: auditoria, role: auditor, sha256: '" + sumOfA + "'}]"
	withTLS  = "tls_cert: api.crt\n  tls_key: api.key"
)

// TestAPIListens: away from loopback nothing is served in the clear, and nobody
// without a token.
func TestAPIListens(t *testing.T) {
	t.Parallel()
	dir := apiSet(t)
	for name, test := range map[string]struct {
		lines []string
		want  string // in the problem; "" none
	}{
		"off":              {[]string{`listen: ""`}, ""},
		"loopback":         {[]string{"listen: 127.0.0.1:8022"}, ""},
		"loopback of IPv6": {[]string{"listen: '[::1]:8022'"}, ""},
		"localhost":        {[]string{"listen: localhost:8022"}, ""},
		"with a token":     {[]string{"listen: 127.0.0.1:8022", oneToken}, ""},
		"away":             {[]string{"listen: 192.0.2.1:8022", oneToken, withTLS}, ""},
		"all":              {[]string{"listen: ':8022'", oneToken, withTLS}, ""},
		"away, no TLS":     {[]string{"listen: 192.0.2.1:8022", oneToken}, "no TLS"},
		"away, no token":   {[]string{"listen: 192.0.2.1:8022", withTLS}, "nobody needs a token"},
		"all, no TLS":      {[]string{"listen: ':8022'", oneToken}, "no TLS"},
		"all, no token":    {[]string{"listen: '0.0.0.0:8022'", withTLS}, "nobody needs a token"},
		"a name":           {[]string{"listen: localhost.example:8022", oneToken}, "no TLS"},
		"no port":          {[]string{"listen: 127.0.0.1"}, "not an address"},
		"half of TLS":      {[]string{"listen: 127.0.0.1:8022", "tls_cert: api.crt"}, "belong together"},
		"other half":       {[]string{"listen: 127.0.0.1:8022", "tls_key: api.key"}, "belong together"},
		"no such key": {[]string{"listen: 127.0.0.1:8022", "tls_cert: api.crt\n  tls_key: otra.key"},
			"no such file"},
		"no such chain": {[]string{"listen: 127.0.0.1:8022", "tls_cert: otra.crt\n  tls_key: api.key"},
			"no such file"},
		"key for chain": {[]string{"listen: 127.0.0.1:8022", "tls_cert: api.key\n  tls_key: api.key"},
			"give the certificate of that key"},
		"a role that is not": {[]string{"tokens: [{name: a, role: jefe, sha256: '" + sumOfA + "'}]"},
			"operador"},
		"a hash that is not": {[]string{"tokens: [{name: a, role: auditor, sha256: 'secreto'}]"},
			"never the token itself"},
		"a name that is not": {[]string{"tokens: [{name: 'a b', role: auditor, sha256: '" + sumOfA + "'}]"},
			"up to 32"},
		"no hash": {[]string{"tokens: [{name: a, role: auditor}]"}, "sha256"},
		"one bearer twice": {[]string{"tokens: [{name: a, role: auditor, sha256: '" + sumOfA +
			"'}, {name: a, role: auditor, sha256: '" + strings.Repeat("0", 64) + "'}]"}, "stands twice"},
		"one token twice": {[]string{"tokens: [{name: a, role: auditor, sha256: '" + sumOfA +
			"'}, {name: b, role: operador, sha256: '" + sumOfA + "'}]"}, "stands twice"},
		"the token itself": {[]string{"token: secreto"}, "a secret is not written"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := write(t, apiHead+strings.Join(test.lines, "\n  ")+"\n", dir,
				strings.ReplaceAll(name, " ", "_")+".yaml")
			_, err := Load(path)
			switch {
			case test.want == "" && err != nil:
				t.Error(err)
			case test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)):
				t.Errorf("%v, want %q", err, test.want)
			case err != nil && strings.Contains(err.Error(), "secreto"):
				t.Errorf("a secret is told: %v", err)
			}
		})
	}
}

func TestAPITLS(t *testing.T) {
	t.Parallel()
	dir := apiSet(t)
	c, err := Load(write(t, apiHead+"listen: ':0'\n  "+oneToken+"\n  "+withTLS+"\n", dir, "a.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if cfg, err := c.API.LoadTLS(); err != nil || len(cfg.Certificates) != 1 {
		t.Errorf("%v %v", cfg, err)
	}
	if got := fmt.Sprintf("%x", c.API.Tokens[0].Sum()); got != sumOfA {
		t.Errorf("%s", got)
	}
	if cfg, err := new(API).LoadTLS(); cfg != nil || err != nil {
		t.Errorf("%v %v", cfg, err)
	}
	if err := os.Chmod(filepath.Join(dir, "api.key"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := c.API.LoadTLS(); err == nil || !strings.Contains(err.Error(), "0644") {
		t.Errorf("a key that others read: %v", err)
	}
}
