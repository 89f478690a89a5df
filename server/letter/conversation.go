package letter

import (
	"bufio"
	"errors"
	"os"
	"os/exec"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// conversation is one Chromium at the other end of two pipes.
type conversation struct {
	cmd  *exec.Cmd
	to   *os.File
	from *os.File
	in   *bufio.Reader
	last int
}

func newConversation(cmd *exec.Cmd, to, from *os.File) *conversation {
	return &conversation{cmd: cmd, to: to, from: from, in: bufio.NewReaderSize(from, 64<<10)}
}

// response is what is read of a message: of an event, nothing.
type response struct {
	ID     int            `json:"id"`
	Result jsontext.Value `json:"result"`
	Error  *struct {
		Code int `json:"code"`
	} `json:"error"`
}

// maxMessage bounds a message: a PDF in base64 and what stands around it.
const maxMessage = MaxBytes*4/3 + 4096

func (c *conversation) read() (response, error) {
	var r response
	var message []byte
	for {
		part, err := c.in.ReadSlice(0)
		message = append(message, part...)
		switch {
		case len(message) > maxMessage:
			return r, errors.New("its answer is too large")
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err != nil:
			return r, errors.New("it went away")
		}
		if json.Unmarshal(message[:len(message)-1], &r) != nil {
			return r, errors.New("its answer could not be read")
		}
		return r, nil
	}
}

// close waits for a process that has been told to end.
func (c *conversation) close() {
	_ = c.to.Close()
	_ = c.from.Close()
	_ = c.cmd.Wait()
}
