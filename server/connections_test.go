package server_test

import (
	"bytes"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"github.com/skalig/skalig/server"
)

// crowd opens n connections, says the same on each, and gives those that are there.
func (s *site) crowd(t *testing.T, n int, says string) []net.Conn {
	t.Helper()
	conns := make([]net.Conn, n)
	var wg sync.WaitGroup
	slots := make(chan struct{}, 64)
	for i := range n {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			c, err := (&net.Dialer{Timeout: 30 * time.Second}).DialContext(t.Context(), "tcp", strings.TrimPrefix(s.url, "http://"))
			if err != nil {
				t.Error(err)
				return
			}
			conns[i] = c
			_, _ = io.WriteString(c, says)
		})
	}
	wg.Wait()
	return conns
}

// ended counts the connections that the service ends within half a minute.
func ended(conns []net.Conn) (n int) {
	var shed atomic.Int32
	var wg sync.WaitGroup
	until := time.Now().Add(30 * time.Second)
	for _, c := range conns {
		if c == nil {
			continue
		}
		wg.Go(func() {
			_ = c.SetReadDeadline(until)
			_, err := io.Copy(io.Discard, c)
			var late net.Error
			if !errors.As(err, &late) || !late.Timeout() {
				shed.Add(1)
			}
			_ = c.Close()
		})
	}
	wg.Wait()
	return int(shed.Load())
}

// TestCrowds opens two thousand connections that never finish what they ask, and ten
// thousand that ask nothing, all at once, to a service in a process of its own: whoever
// comes meanwhile is served, and all of them are hung up on.
func TestCrowds(t *testing.T) {
	s, _ := apart(t)
	const slow, idle = 2000, 10_000
	conns := append(s.crowd(t, idle, ""), s.crowd(t, slow, "GET /rakna HTTP/1.1\r\nHost: x\r\nX-A: ")...)
	for range 100 {
		if a := s.browser(t).get("/kvitto"); a.code != 200 {
			t.Errorf("meanwhile a visitor has %d", a.code)
		}
	}
	if n := ended(conns); n != slow+idle {
		t.Errorf("%d of %d connections were ended", n, slow+idle)
	}
	t.Logf("%d slow and %d silent connections ended, 100 visitors served meanwhile", slow, idle)
}

// TestRapidReset asks over HTTP/2 and takes the question back at once, as often as the
// service lets it: whoever comes meanwhile is served.
func TestRapidReset(t *testing.T) {
	own, trust := ownTLS(t)
	s := run(t, filepath.Join(t.TempDir(), "data"), func(c *server.Config) { c.TLS, c.Rate = own, 50 })
	const streams = 10_000
	attack := func() (sent int) {
		from := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 2)}} // has a bucket of its own
		c, err := tls.DialWithDialer(from, "tcp", strings.TrimPrefix(s.url, "https://"), &tls.Config{RootCAs: trust, NextProtos: []string{"h2"}})
		if err != nil {
			t.Error(err)
			return
		}
		defer c.Close()
		if got := c.ConnectionState().NegotiatedProtocol; got != "h2" {
			t.Errorf("the service speaks %q", got)
			return
		}
		gone := make(chan struct{})
		go func() { _, _ = io.Copy(io.Discard, c); close(gone) }()
		_ = c.SetWriteDeadline(time.Now().Add(time.Minute))
		_, _ = io.WriteString(c, http2.ClientPreface)
		f := http2.NewFramer(c, nil)
		_ = f.WriteSettings()
		var block bytes.Buffer
		h := hpack.NewEncoder(&block)
		for i := range uint32(streams) {
			select {
			case <-gone:
				return sent
			default:
			}
			block.Reset()
			for _, field := range [][2]string{{":method", "GET"}, {":scheme", "https"}, {":authority", strings.TrimPrefix(s.url, "https://")}, {":path", "/rakna"}} {
				_ = h.WriteField(hpack.HeaderField{Name: field[0], Value: field[1]})
			}
			if f.WriteHeaders(http2.HeadersFrameParam{StreamID: 2*i + 1, BlockFragment: block.Bytes(), EndStream: true, EndHeaders: true}) != nil ||
				f.WriteRSTStream(2*i+1, http2.ErrCodeCancel) != nil {
				return sent
			}
			sent++
		}
		return sent
	}
	const connections = 4
	ended, sent := 0, 0
	done := make(chan struct{})
	go func() {
		defer close(done)
		for range connections {
			n := attack()
			if n < streams {
				ended++
			}
			sent += n
		}
	}()
	b := s.browser(t)
	b.Timeout = time.Minute
	b.Transport = &http.Transport{TLSClientConfig: &tls.Config{RootCAs: trust}}
	served := 0
	for going := true; going; {
		if a := b.get("/kvitto"); a.code != 200 && a.code != http.StatusTooManyRequests {
			t.Errorf("meanwhile a visitor has %d", a.code)
		}
		served++
		select {
		case <-done:
			going = false
		case <-time.After(20 * time.Millisecond):
		}
	}
	if sent == 0 || served == 0 {
		t.Errorf("%d questions were reset, %d visitors served: the test shows nothing", sent, served)
	}
	t.Logf("%d questions reset on %d connections, %d of which were ended, %d visitors served meanwhile", sent, connections, ended, served)
}
