package remote

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"

	"golang.org/x/crypto/ssh"
)

// A HostKeyError says that the server at Address showed a key that is not
// pinned. The connection ended there, before any authentication.
type HostKeyError struct {
	Address string
	Got     string   // type and SHA-256 fingerprint of the key that was offered
	Want    []string // likewise of the pinned ones
}

func (e *HostKeyError) Error() string {
	return fmt.Sprintf(
		"host key of %s is not pinned: offered %s, pinned %s; no byte of the exchange was sent; "+
			"hint: compare the offered fingerprint with the party by telephone, and only if it is theirs "+
			"put the new key into the configuration",
		e.Address, e.Got, strings.Join(e.Want, ", "))
}

// MayPass tells the exchange of its class: the party has to say whose key it is.
func (e *HostKeyError) MayPass() bool { return false }

func fingerprint(k ssh.PublicKey) string { return k.Type() + " " + ssh.FingerprintSHA256(k) }

// hostKeyAlgorithms lists what a server may sign with, by type of key. SHA-1 is
// not among them.
func hostKeyAlgorithms(keyType string) []string {
	switch keyType {
	case ssh.KeyAlgoED25519, ssh.KeyAlgoECDSA256, ssh.KeyAlgoECDSA384, ssh.KeyAlgoECDSA521:
		return []string{keyType}
	case ssh.KeyAlgoRSA:
		return []string{ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256}
	}
	return nil
}

func checkPins(pins []ssh.PublicKey) error {
	if len(pins) == 0 {
		return errors.New("no host key is pinned")
	}
	for i, k := range pins {
		if k == nil {
			return fmt.Errorf("pinned host key %d is nil", i+1)
		}
		if hostKeyAlgorithms(k.Type()) == nil {
			return fmt.Errorf("pinned host key %s: type not supported", fingerprint(k))
		}
	}
	return nil
}

// preferPinned puts the algorithms of the pinned keys first, so that a server
// with several keys shows the one that is known. The others stay behind them,
// so that a wrong server gets as far as showing its key and the error can name it.
func preferPinned(pins []ssh.PublicKey) []string {
	types := []string{}
	for _, k := range pins {
		types = append(types, k.Type())
	}
	types = append(types, ssh.KeyAlgoED25519, ssh.KeyAlgoRSA,
		ssh.KeyAlgoECDSA256, ssh.KeyAlgoECDSA384, ssh.KeyAlgoECDSA521)
	algorithms := []string{}
	for _, t := range types {
		for _, a := range hostKeyAlgorithms(t) {
			if !slices.Contains(algorithms, a) {
				algorithms = append(algorithms, a)
			}
		}
	}
	return algorithms
}

// pinned accepts the pinned keys and nothing else.
func pinned(address string, pins []ssh.PublicKey) ssh.HostKeyCallback {
	return func(_ string, _ net.Addr, got ssh.PublicKey) error {
		mismatch := &HostKeyError{Address: address, Got: fingerprint(got)}
		for _, want := range pins {
			if bytes.Equal(want.Marshal(), got.Marshal()) {
				return nil
			}
			mismatch.Want = append(mismatch.Want, fingerprint(want))
		}
		return mismatch
	}
}
