// Package letter prints HTML as tagged PDF, with Chromium in a process of its own.
//
// # A process for each letter
//
// Each letter gets a Chromium that has never seen another and ends with it. The
// service speaks with it over two pipes (the DevTools protocol with
// --remote-debugging-pipe: JSON messages, each ended by a NUL), so that nothing
// personal stands in arguments, files or on a network port:
//
//	→ Target.createTarget, Target.attachToTarget
//	→ Emulation.setScriptExecutionDisabled
//	→ Page.setDocumentContent   the HTML
//	→ Page.printToPDF           tagged, with an outline
//	← the PDF
//
// The process has a profile in a private directory (0700) that is removed when it
// has ended. The directory lies in the system's own for temporary files, since the
// socket that Chromium makes there must have a short name. It finds no host by any name, runs no script and keeps no crash dumps.
// It is killed, with all its children, when the time is up, and dies with the
// service. A crash costs the one attempt.
//
// # What comes out
//
// Print answers with a PDF that is tagged (MarkInfo, a structure tree) and names
// its language, or with an error. It checks the first two of these itself: a
// letter that a screen reader cannot read is no letter.
package letter

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/go-json-experiment/json"
)

// MaxBytes is the largest PDF that is taken.
const MaxBytes = 8 << 20

// The errors of printing.
var (
	ErrNoBrowser = errors.New("no Chromium was found to print with")
	ErrUntagged  = errors.New("the printed PDF has no tags")
)

// A Printer starts Chromium.
type Printer struct {
	path   string
	prefix string // of its private directories' names
}

// longest is how long the name of a private directory may be: a socket's name has
// 107 bytes, and Chromium adds 45 of its own.
const longest = 60

// Find gives a printer with the Chromium at path, or with the first that is
// found under its usual names where path is empty. owner names who prints: what an
// earlier process of the same owner left behind is removed.
func Find(path, owner string) (*Printer, error) {
	names := []string{path}
	if path == "" {
		names = []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"}
	}
	for _, name := range names {
		found, err := exec.LookPath(name)
		if err != nil {
			continue
		}
		if found, err = filepath.Abs(found); err != nil {
			continue
		}
		sum := sha256.Sum256([]byte(owner))
		p := &Printer{path: found, prefix: "skalig-letter-" + hex.EncodeToString(sum[:4]) + "-"}
		left, _ := filepath.Glob(filepath.Join(os.TempDir(), p.prefix+"*"))
		for _, d := range left {
			if err := os.RemoveAll(d); err != nil {
				return nil, fmt.Errorf("couldn't remove what an earlier printer left: %w", err)
			}
		}
		return p, nil
	}
	return nil, ErrNoBrowser
}

// Print makes a PDF of a whole HTML document. It returns when ctx ends at the
// latest.
func (p *Printer) Print(ctx context.Context, html []byte) (pdf []byte, err error) {
	private, err := os.MkdirTemp("", p.prefix)
	if err != nil {
		return nil, fmt.Errorf("couldn't make a directory to print in: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(private)) }()
	if len(private) > longest {
		return nil, fmt.Errorf("couldn't print: the directory for temporary files has too long a name (%d bytes)", len(private))
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	c, err := p.start(ctx, private)
	if err != nil {
		return nil, fmt.Errorf("couldn't start Chromium: %w", err)
	}
	pdf, err = c.print(html)
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	cancel() // kills it
	c.close()
	switch {
	case err != nil:
		return nil, fmt.Errorf("couldn't print: %w", err)
	case !bytes.HasPrefix(pdf, []byte("%PDF-")) || !bytes.Contains(pdf, []byte("/MarkInfo")) || !bytes.Contains(pdf, []byte("/StructTreeRoot")):
		return nil, ErrUntagged
	}
	return pdf, nil
}

// start runs Chromium at the lowest priority that still gets on with its work:
// people who wait for pages come first.
func (p *Printer) start(ctx context.Context, private string) (*conversation, error) {
	toRead, toWrite, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	fromRead, fromWrite, err := os.Pipe()
	if err != nil {
		return nil, errors.Join(err, toRead.Close(), toWrite.Close())
	}
	args := []string{"--headless", "--remote-debugging-pipe", "--user-data-dir=" + private, "--incognito", "--no-first-run", "--disable-gpu",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions", "--disable-breakpad",
		"--disable-crash-reporter", "--disable-dev-shm-usage", "--no-default-browser-check", "--mute-audio", "--host-resolver-rules=MAP * ~NOTFOUND",
		"--proxy-server=127.0.0.1:9", "--lang=sv", "about:blank"}
	if os.Geteuid() == 0 {
		args = append([]string{"--no-sandbox"}, args...) // Chromium refuses to be root with one
	}
	cmd := exec.CommandContext(ctx, p.path, args...)
	cmd.Env = []string{"HOME=" + private, "TMPDIR=" + private, "XDG_CONFIG_HOME=" + private, "XDG_CACHE_HOME=" + private,
		"PATH=" + os.Getenv("PATH"), "LANG=C.UTF-8", "DBUS_SESSION_BUS_ADDRESS=disabled:"}
	cmd.Dir = private
	cmd.ExtraFiles = []*os.File{toRead, fromWrite} // 3 and 4
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = 5 * time.Second
	err = cmd.Start()
	closed := errors.Join(toRead.Close(), fromWrite.Close())
	if err := errors.Join(err, closed); err != nil {
		return nil, errors.Join(err, toWrite.Close(), fromRead.Close())
	}
	_ = syscall.Setpriority(syscall.PRIO_PGRP, cmd.Process.Pid, 10)
	return newConversation(cmd, toWrite, fromRead), nil
}

// print holds the conversation about one document.
func (c *conversation) print(html []byte) ([]byte, error) {
	var target struct {
		ID string `json:"targetId"`
	}
	var attached struct {
		Session string `json:"sessionId"`
	}
	var tree struct {
		Tree struct {
			Frame struct {
				ID string `json:"id"`
			} `json:"frame"`
		} `json:"frameTree"`
	}
	var printed struct {
		Data string `json:"data"`
	}
	type object map[string]any
	for _, step := range []struct {
		method  string
		session bool
		params  func() object
		result  any
	}{
		{"Target.createTarget", false, func() object { return object{"url": "about:blank"} }, &target},
		{"Target.attachToTarget", false, func() object { return object{"targetId": target.ID, "flatten": true} }, &attached},
		{"Emulation.setScriptExecutionDisabled", true, func() object { return object{"value": true} }, nil},
		{"Page.getFrameTree", true, func() object { return object{} }, &tree},
		{"Page.setDocumentContent", true, func() object { return object{"frameId": tree.Tree.Frame.ID, "html": string(html)} }, nil},
		{"Page.printToPDF", true, func() object {
			return object{"printBackground": true, "preferCSSPageSize": true, "generateTaggedPDF": true, "generateDocumentOutline": true}
		}, &printed},
	} {
		session := ""
		if step.session {
			session = attached.Session
		}
		if err := c.call(session, step.method, step.params(), step.result); err != nil {
			return nil, fmt.Errorf("%s: %w", step.method, err)
		}
	}
	return base64.StdEncoding.DecodeString(printed.Data)
}

// call sends one request and waits for its answer; events in between are passed over.
func (c *conversation) call(session, method string, params, result any) error {
	c.last++
	message := map[string]any{"id": c.last, "method": method, "params": params}
	if session != "" {
		message["sessionId"] = session
	}
	text, err := json.Marshal(message)
	if err != nil {
		return err
	}
	if _, err := c.to.Write(append(text, 0)); err != nil {
		return errors.New("it went away")
	}
	for {
		answer, err := c.read()
		if err != nil {
			return err
		}
		if answer.ID != c.last {
			continue
		}
		if answer.Error != nil {
			return errors.New("it answered with error " + strconv.Itoa(answer.Error.Code)) // its text may quote the letter
		}
		if result == nil {
			return nil
		}
		if err := json.Unmarshal(answer.Result, result); err != nil {
			return errors.New("its answer could not be read")
		}
		return nil
	}
}
