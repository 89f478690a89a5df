package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// A service is a real skalig serve --demo in a process of its own.
type service struct {
	url  string
	cmd  *exec.Cmd
	took time.Duration // from its start until it was ready
}

// serve starts one on a folder and waits until it is ready. Without letters it finds
// no Chromium to print them with.
func serve(ctx context.Context, program, data string, letters bool) (*service, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	port := listener.Addr().(*net.TCPAddr).Port
	if err := listener.Close(); err != nil {
		return nil, err
	}
	s := &service{url: fmt.Sprintf("http://localhost:%d", port)}
	s.cmd = exec.CommandContext(ctx, program, "serve", "--demo", "--addr", fmt.Sprintf("127.0.0.1:%d", port), "--data", data)
	s.cmd.Cancel = func() error { return s.cmd.Process.Signal(syscall.SIGTERM) }
	s.cmd.Stderr = os.Stderr
	if !letters {
		s.cmd.Env = append(os.Environ(), "PATH=") // where it looks for a Chromium
	}
	began := time.Now()
	if err := s.cmd.Start(); err != nil {
		return nil, fmt.Errorf("couldn't start the service: %w", err)
	}
	for time.Since(began) < 10*time.Minute {
		res, err := http.Get(s.url + "/readyz")
		if err == nil {
			_ = res.Body.Close()
			if res.StatusCode == http.StatusOK {
				s.took = time.Since(began)
				return s, nil
			}
		}
		if s.cmd.Process.Signal(syscall.Signal(0)) != nil || ctx.Err() != nil {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	return nil, errors.Join(errors.New("the service does not become ready"), s.stop())
}

// stop lets the service end what it is doing.
func (s *service) stop() error {
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	if err := s.cmd.Wait(); err != nil {
		return fmt.Errorf("the service ended with %w", err)
	}
	return nil
}

// A state is how large the service is at a moment.
type state struct {
	rss, heap, goroutines, files float64 // heap: what is alive after a collection
	decisions                    int
}

func (s *service) look(decisions int) (state, error) {
	res, err := http.Get(s.url + "/metrics")
	if err != nil {
		return state{}, fmt.Errorf("couldn't read the metrics: %w", err)
	}
	defer res.Body.Close()
	values := map[string]float64{}
	lines := bufio.NewScanner(res.Body)
	for lines.Scan() {
		if name, value, ok := strings.Cut(lines.Text(), " "); ok && !strings.HasPrefix(name, "#") {
			if v, err := strconv.ParseFloat(value, 64); err == nil {
				values[name] = v
			}
		}
	}
	st := state{rss: values["process_resident_memory_bytes"], heap: values["go_memstats_next_gc_bytes"] / (1 + values["go_gc_gogc_percent"]/100),
		goroutines: values["go_goroutines"], files: values["process_open_fds"], decisions: decisions}
	if st.rss == 0 || st.heap == 0 || st.goroutines == 0 || st.files == 0 {
		return st, errors.New("the metrics lack what is looked for")
	}
	return st, lines.Err()
}

func (st state) String() string {
	return fmt.Sprintf("%d decisions: %.0f MiB resident, heap alive %.0f MiB, %.0f goroutines, %.0f files", st.decisions, st.rss/(1<<20), st.heap/(1<<20), st.goroutines, st.files)
}

// sizes are the bytes of each file or folder of the data.
func sizes(data string) (map[string]int64, int64, error) {
	of, sum := map[string]int64{}, int64(0)
	err := filepath.WalkDir(data, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(data, path)
		if err != nil {
			return err
		}
		first, _, _ := strings.Cut(rel, string(filepath.Separator))
		first = strings.TrimSuffix(strings.TrimSuffix(first, "-wal"), "-shm")
		blocks := info.Sys().(*syscall.Stat_t).Blocks * 512
		of[first] += blocks
		sum += blocks
		return nil
	})
	return of, sum, err
}

// command runs the program's other commands on the data of a stopped service.
func command(ctx context.Context, to io.Writer, program string, args ...string) error {
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Stdout, cmd.Stderr = to, io.Discard
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("skalig %s: %w", args[0], err)
	}
	return nil
}
