package dropbox

import (
	"context"
	"io"
	"net"
	"sync"
	"time"
)

// Of connections that are turned away at the door, only so many are told why at
// the same time, each for so long at most.
const (
	maxFarewells  = 64
	farewellLimit = time.Second
)

// door says to those who are not let in why, in one line before the version
// exchange (RFC 4253, 4.2). It never makes the caller wait.
type door struct {
	busy chan struct{}
}

func newDoor() door { return door{make(chan struct{}, maxFarewells)} }

// turnAway closes the connection, telling the client why where that is possible.
func (d door) turnAway(ctx context.Context, conns *sync.WaitGroup, c net.Conn, text string) {
	select {
	case d.busy <- struct{}{}:
	default:
		c.Close()
		return
	}
	conns.Go(func() {
		defer func() { <-d.busy }()
		defer c.Close()
		stop := context.AfterFunc(ctx, func() { c.Close() })
		defer stop()
		c.SetDeadline(time.Now().Add(farewellLimit))
		if _, err := io.WriteString(c, text+"\r\n"); err != nil {
			return
		}
		// Closing at once would answer what the client has already sent with a
		// reset, and the line would be lost.
		if half, ok := c.(interface{ CloseWrite() error }); ok && half.CloseWrite() == nil {
			io.Copy(io.Discard, io.LimitReader(c, 4096))
		}
	})
}

// doorText is what a client reads that gate did not let in.
func doorText(r Reason) string {
	switch r {
	case TooManyOfAddress:
		return "Demasiadas conexiones desde su dirección; cierre alguna y vuelva a intentar."
	case TooManyHandshakes:
		return "Demasiadas conexiones sin identificarse; vuelva a intentar en unos minutos."
	}
	return "Demasiadas conexiones; vuelva a intentar en unos minutos."
}
