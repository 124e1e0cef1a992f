package schema

import (
	"errors"
	"runtime"
	"sync"
)

// Lines are judged ahead of the consumer in batches. What is in flight is bounded
// in lines and in bytes, whatever the number of cores.
const (
	maxWorkers = 8
	inFlight   = 256      // lines
	batchBytes = 64 << 10 // a batch of so much text takes no further line
	fewLines   = 512      // a file of fewer is not worth a goroutine
)

// workersFor says how many goroutines judge a file's lines.
func workersFor(e *Examen) int {
	n := min(runtime.GOMAXPROCS(0), maxWorkers)
	if n == 1 || e.Registros < fewLines {
		return 0
	}
	return n
}

// batch is some lines that follow one another.
type batch[R Registro] struct {
	lines  []reading[R]
	n      int // that were read
	judged int
	err    error         // of reading, behind them
	last   bool          // nothing follows
	broke  any           // what judging the line behind judged panicked with
	done   chan struct{} // has one when they were judged
}

// errGoexit is told where a function of the Reglas ended its goroutine.
var errGoexit = errors.New("judging ended its goroutine")

// ahead has the lines judged by workers, and shows them in their order where it was
// called. When it returns, or the consumer panics, the workers are gone.
func (p *reader[R]) ahead(workers int, yield func(*Linea[R]) bool) error {
	ring := make([]batch[R], 2*workers)
	jobs := make(chan *batch[R], len(ring))
	var all sync.WaitGroup
	defer all.Wait()
	defer close(jobs)
	for range workers {
		j := newJudge[R](p.e)
		all.Go(func() {
			for b := range jobs {
				j.all(b)
			}
		})
	}
	for i := range ring {
		ring[i] = batch[R]{lines: make([]reading[R], max(1, inFlight/len(ring))),
			done: make(chan struct{}, 1)}
	}
	sent, last := 0, false
	for shown := 0; ; shown++ {
		for ; !last && sent < shown+len(ring); sent++ {
			b := &ring[sent%len(ring)]
			p.fill(b)
			last = b.last
			jobs <- b
		}
		if shown == sent {
			return nil
		}
		b := &ring[shown%len(ring)]
		<-b.done
		if stop, err := p.showAll(b, yield); stop || err != nil {
			return err
		}
	}
}

// fill reads the lines of a batch.
func (p *reader[R]) fill(b *batch[R]) {
	b.n, b.judged, b.err, b.last, b.broke = 0, 0, nil, false, nil
	for size := 0; b.n < len(b.lines) && size < batchBytes; b.n++ {
		r := &b.lines[b.n]
		more, err := p.read(r)
		if err != nil || !more {
			b.err, b.last = err, true
			return
		}
		size += len(r.l.Texto)
	}
}

// all judges a batch. What a function of the Reglas panics with goes to the one who
// shows the lines.
func (j *judge[R]) all(b *batch[R]) {
	defer func() {
		if b.judged < b.n {
			if b.broke = recover(); b.broke == nil {
				b.broke = errGoexit
			}
		}
		b.done <- struct{}{}
	}()
	for ; b.judged < b.n; b.judged++ {
		j.judge(&b.lines[b.judged])
	}
}

func (p *reader[R]) showAll(b *batch[R], yield func(*Linea[R]) bool) (stop bool, err error) {
	for i := range b.judged {
		if !p.show(&b.lines[i], yield) {
			return true, nil
		}
	}
	if b.broke != nil {
		panic(b.broke)
	}
	return false, b.err
}
