package medida_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh/knownhosts"
	"golang.org/x/sync/errgroup"
)

// BenchmarkTransfer moves a large file by OpenSSH's sftp, with one client and
// with four at once, down and up.
func BenchmarkTransfer(b *testing.B) {
	size := setting("MEDIDA_MIB", 256) << 20
	c := newClient(b)
	noise(b, filepath.Join(c.dir, "res"), size)
	for _, way := range []string{"down", "up"} {
		for _, streams := range []int{1, 4} {
			b.Run(fmt.Sprintf("%s/%d", way, streams), func(b *testing.B) {
				servers := startAll(b, size)
				batch := func(n int) string {
					name := fmt.Sprintf(lot, account(0))
					if way == "down" {
						return "get reclamaciones/" + name + " /dev/null"
					}
					return "put res respuestas/" + fmt.Sprintf(result, account(0), n)
				}
				for range b.N {
					compare(b, servers, float64(streams*size)/(1<<20), "MiB/s", func(s *server) error {
						return c.parallel(s, streams, batch)
					})
				}
			})
		}
	}
}

func startAll(b *testing.B, size int) (all []*server) {
	kinds := strings.Split(cmp.Or(os.Getenv("MEDIDA_SERVIDORES"),
		strings.Join([]string{openSSH, bare, pages, buzon}, ",")), ",")
	for _, kind := range kinds {
		all = append(all, start(b, kind, 1, size))
	}
	return all
}

// compare lets the servers take turns and reports how much work each did in a
// second, beside OpenSSH. One round more comes before, which counts for nothing.
func compare(b *testing.B, servers []*server, work float64, unit string, run func(*server) error) {
	b.Helper()
	took := map[*server][]time.Duration{}
	used := map[*server]time.Duration{}
	rounds := setting("MEDIDA_RONDAS", 5)
	for round := range rounds + 1 {
		for _, s := range servers {
			s.clear(b)
			before := s.cpu(b)
			if round == 0 && s.kind != openSSH {
				s.forgetPeak(b)
			}
			from := time.Now()
			if err := run(s); err != nil {
				b.Fatalf("%s: %v", s.kind, err)
			}
			if round > 0 {
				took[s] = append(took[s], time.Since(from))
				used[s] += s.cpu(b) - before
			}
		}
	}
	base := median(took[servers[0]])
	b.ReportMetric(0, "ns/op") // says nothing here
	for _, s := range servers {
		m := median(took[s])
		b.ReportMetric(work/m.Seconds(), s.kind+"-"+unit)
		if unit == "MiB/s" {
			b.ReportMetric(used[s].Seconds()*1024/(work*float64(rounds)), s.kind+"-cpu-s/GiB")
		} else {
			b.ReportMetric(used[s].Seconds()*1000/(work*float64(rounds)), s.kind+"-cpu-ms")
		}
		if s.kind != openSSH {
			b.ReportMetric(base.Seconds()/m.Seconds(), s.kind+"/"+servers[0].kind)
			b.ReportMetric(s.memory(b, "VmHWM"), s.kind+"-peak-MiB")
		}
	}
}

func median(all []time.Duration) time.Duration {
	slices.Sort(all)
	return all[len(all)/2]
}

// client is OpenSSH's sftp with a folder of its own.
type client struct{ dir string }

func newClient(tb testing.TB) client {
	tb.Helper()
	if _, err := exec.LookPath("sftp"); err != nil {
		skip(tb, "OpenSSH's sftp")
	}
	c := client{tb.TempDir()}
	writeKey(tb, filepath.Join(c.dir, "key"), account(0))
	return c
}

// parallel runs a batch in so many clients at once.
func (c client) parallel(s *server, streams int, batch func(n int) string) error {
	host, port, err := net.SplitHostPort(s.addr)
	if err != nil {
		return err
	}
	known := filepath.Join(c.dir, "known_hosts_"+port)
	line := knownhosts.Line([]string{knownhosts.Normalize(s.addr)}, signer("host").PublicKey())
	if err := os.WriteFile(known, []byte(line+"\n"), 0o600); err != nil {
		return err
	}
	args := []string{"-q", "-F", "none", "-b", "-", "-P", port, "-i", "key", "-o",
		"UserKnownHostsFile=" + known,
		"-o", "GlobalKnownHostsFile=none", "-o", "StrictHostKeyChecking=yes", "-o", "IdentitiesOnly=yes",
		"-o", "IdentityAgent=none"}
	if cipher := os.Getenv("MEDIDA_CIFRADO"); cipher != "" {
		args = append(args, "-c", cipher)
	}
	args = append(args, s.user(0)+"@"+host)
	var group errgroup.Group
	for n := range streams {
		group.Go(func() error {
			cmd := exec.Command("sftp", args...)
			cmd.Dir = c.dir
			cmd.Stdin = strings.NewReader(batch(n+1) + "\n")
			if out, err := cmd.CombinedOutput(); err != nil {
				return fmt.Errorf("sftp: %w\n%s", err, out)
			}
			return nil
		})
	}
	return group.Wait()
}

func setting(env string, otherwise int) int {
	n, err := strconv.Atoi(cmp.Or(os.Getenv(env), strconv.Itoa(otherwise)))
	if err != nil {
		panic(err)
	}
	return n
}

// noise writes a file of which no two parts are alike.
func noise(tb testing.TB, path string, size int) {
	tb.Helper()
	b := make([]byte, size)
	_, _ = rand.NewChaCha8([32]byte{1}).Read(b)
	write(tb, path, string(b))
}
