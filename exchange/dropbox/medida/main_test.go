package medida_test

import (
	"bufio"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"path/filepath"
	"runtime/pprof"
	"strconv"
	"testing"

	"golang.org/x/crypto/ssh"

	"buzon/schema"
)

// The environment by which this binary, started anew, becomes a server.
const (
	envKind     = "MEDIDA_SERVIDOR"
	envDir      = "MEDIDA_CARPETA"
	envAccounts = "MEDIDA_CUENTAS"
	envBytes    = "MEDIDA_BYTES"
	envProfile  = "MEDIDA_PERFIL"
)

// What the servers are called in the columns.
const (
	openSSH = "openssh"
	bare    = "bare"    // a pkg/sftp server without anything of ours
	pages   = "bare+al" // the same with the library's allocator
	buzon   = "buzon"
)

const (
	lot    = "GE_LOT_%s_20260302_001.txt"
	result = "GE_RES_%s_20260302_%03d.txt"
)

func TestMain(m *testing.M) {
	kind := os.Getenv(envKind)
	if kind == "" {
		os.Exit(m.Run())
	}
	if err := child(kind); err != nil {
		log.Fatalf("%s: %v", kind, err)
	}
}

// child serves until its standard input ends, so that it does not outlive
// whoever started it. Its first line says where it listens.
func child(kind string) error {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		defer cancel()
		_, _ = io.Copy(io.Discard, bufio.NewReader(os.Stdin))
	}()
	if dir := os.Getenv(envProfile); dir != "" {
		f, err := os.Create(filepath.Join(dir, fmt.Sprintf("%s.%d.pprof", kind, os.Getpid())))
		if err != nil {
			return err
		}
		defer f.Close()
		if err := pprof.StartCPUProfile(f); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	ready := func() { fmt.Println(ln.Addr()) }
	if kind == buzon {
		return serveBuzon(ctx, ln, os.Getenv(envDir), number(envAccounts), number(envBytes), ready)
	}
	return serveBare(ctx, ln, os.Getenv(envDir), kind == pages, ready)
}

func number(env string) int {
	n, err := strconv.Atoi(os.Getenv(env))
	if err != nil {
		panic(err)
	}
	return n
}

// account names the nth account, from 0 on.
func account(n int) string { return fmt.Sprintf("%08d", 900001+n) }

// parte is whose an account is.
func parte(account string) schema.Parte {
	p, err := schema.ParseParte(account)
	if err != nil {
		panic(err)
	}
	return p
}

// privateKey gives the key of whoever bears that name, always the same.
func privateKey(name string) ed25519.PrivateKey {
	seed := sha256.Sum256([]byte(name))
	return ed25519.NewKeyFromSeed(seed[:])
}

func signer(name string) ssh.Signer {
	s, err := ssh.NewSignerFromKey(privateKey(name))
	if err != nil {
		panic(err)
	}
	return s
}
