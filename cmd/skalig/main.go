// Command skalig is the calculator, the decision server and the auditor's tool
// in one binary.
//
//	skalig serve --demo            serve the calculator and the e-service
//	skalig assess case.json        compute and explain a household's month
//	skalig params list             print every parameter with its source
//	skalig params lint FILE        check a municipality's guideline, by line
//	skalig params diff A B         print what two files of parameters do not share
//	skalig verify receipt.json     check a receipt and replay its decision
//	skalig replay DIR              check many receipts and replay their decisions
//	skalig check --data DIR        check that a stopped server's data is whole
//	skalig doctor --data DIR       look at a server, running or stopped, and say what to do
//	skalig config check FILE       say what is wrong with a configuration file
//	skalig backup --data DIR       copy a server's data and keys while it runs
//	skalig restore --from DIR      make a server's folder of a backup, and check it
//	skalig release state           build, and state what is to decide from a day on
//	skalig log create              make a log, in files or in Trillian
//	skalig log migrate             move a stopped server's log between the two
//	skalig erase --data DIR        erase files five years after their last note
//	skalig keys rotate --data DIR  change the key that wraps every case's key
//	skalig reopen --data DIR       list the decisions that a wrong rule touched
//	skalig sample draw URL         draw decisions that nobody chose
//	skalig log monitor URL         hold a log to everything it has ever signed
//	skalig conformance ./engine    hold another implementation against the cases
//	skalig simulate --month …      show what a change of rules gives and takes
//
// Messages about what went wrong are "error:" lines on standard error, with a
// "hint:" line that says what to do where there is something to do. The exit
// status is 0, 1 when the answer is no, and 2 when the command was misused or there
// is no answer because what was asked about could not be reached.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/alecthomas/kong"
	_ "golang.org/x/crypto/x509roots/fallback" // for a machine that has none, such as a container's

	"github.com/skalig/skalig/engine/sol/population"
)

type commands struct {
	Serve       serve            `cmd:"" help:"Serve the calculator, the e-service and the public log."`
	Assess      assess           `cmd:"" help:"Compute and explain a household's month."`
	Period      period           `cmd:"" help:"Assess a period with what was known on a day."`
	Params      params           `cmd:"" help:"Look at the parameters of the law."`
	Verify      verify           `cmd:"" help:"Verify a receipt offline and replay its decision."`
	Replay      rerun            `cmd:"" help:"Verify many receipts and replay their decisions."`
	Check       check            `cmd:"" help:"Check that a stopped server's data is whole."`
	Doctor      examine          `cmd:"" help:"Look at a server, running or stopped, and say what to do."`
	Config      configs          `cmd:"" help:"Look at a configuration file."`
	Backup      take             `cmd:"" help:"Copy a server's data and keys while it runs."`
	Restore     restore          `cmd:"" help:"Make a server's folder of a backup, and check it."`
	Erase       erase            `cmd:"" help:"Erase the files of a stopped server whose time has passed."`
	Keys        keys             `cmd:"" help:"Change the keys of a stopped server."`
	Sample      samples          `cmd:"" help:"Draw a sample of decisions that nobody can steer."`
	Reopen      again            `cmd:"" help:"List the decisions that a wrong rule touched, with corrected amounts."`
	Log         logs             `cmd:"" help:"Make, move or follow a public log."`
	Release     releases         `cmd:"" help:"State and approve what is to decide from a day on."`
	Conformance conform          `cmd:"" help:"Hold another implementation against the published cases."`
	Simulate    simulate         `cmd:"" help:"Show what a change of rules gives and takes, for invented households."`
	Build       kong.VersionFlag `name:"version" help:"Print the release of the engine and exit."`
}

func main() { os.Exit(run(os.Args[1:], streams{os.Stdin, os.Stdout, os.Stderr})) }

// streams are the standard ones.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

// A hinted error comes with what to do about it.
type hinted struct {
	error
	hint string
}

func (h hinted) Unwrap() error { return h.error }

// An unreached error says that there is no answer: what was asked about could not
// be reached.
type unreached struct{ error }

func (u unreached) Unwrap() error { return u.error }

// errNo ends a command whose answer is no; it has been printed.
var errNo = errors.New("the answer is no")

// vars are the values that the commands' help and defaults refer to.
func vars() kong.Vars {
	return kong.Vars{"version": version(), "households": strconv.Itoa(population.Sweden)}
}

func run(args []string, s streams) int {
	code := -1
	parser, err := kong.New(&commands{}, kong.Name("skalig"), kong.Writers(s.out, s.err), kong.Bind(s),
		kong.Description("An exact and explained calculation of ekonomiskt bistånd, decisions that can be verified, and the tools to verify them."),
		vars(), kong.UsageOnError(), kong.Exit(func(c int) { code = c }))
	if err != nil {
		fmt.Fprintln(s.err, "error:", err)
		return 2
	}
	ctx, err := parser.Parse(args)
	if code >= 0 { // --help or --version
		return code
	}
	if err != nil {
		fmt.Fprintln(s.err, "error:", err)
		fmt.Fprintln(s.err, "hint: skalig --help lists the commands")
		return 2
	}
	switch err := ctx.Run(); {
	case err == nil:
		return 0
	case errors.Is(err, errNo):
		return 1
	default:
		fmt.Fprintln(s.err, "error:", err)
		var h hinted
		if errors.As(err, &h) {
			fmt.Fprintln(s.err, "hint:", h.hint)
		}
		if errors.As(err, new(unreached)) {
			return 2
		}
		return 1
	}
}

// readFile reads a file, or standard input for "-", up to a limit.
func readFile(s streams, name string, limit int64) ([]byte, error) {
	in, err := openFile(s, name)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	data, err := io.ReadAll(io.LimitReader(in, limit+1))
	if err != nil {
		return nil, fmt.Errorf("couldn't read %s: %w", name, err)
	}
	if int64(len(data)) > limit {
		return nil, fmt.Errorf("couldn't read %s: it is larger than %d bytes", name, limit)
	}
	return data, nil
}

// openFile opens a file, or standard input for "-".
func openFile(s streams, name string) (io.ReadCloser, error) {
	if name == "-" {
		return io.NopCloser(s.in), nil
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("couldn't open the file: %w", err)
	}
	return f, nil
}

// readKeys reads verifier keys: each is the key itself, or the file that holds it.
func readKeys(given []string) ([]string, error) {
	var keys []string
	for _, k := range given {
		if !strings.Contains(k, "+") {
			data, err := os.ReadFile(k)
			if err != nil {
				return nil, hinted{fmt.Errorf("couldn't read the key: %w", err), "a running log serves its key at /log/key"}
			}
			k = strings.TrimSpace(string(data))
		}
		keys = append(keys, k)
	}
	return keys, nil
}
