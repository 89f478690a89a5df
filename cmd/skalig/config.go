package main

import (
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/skalig/skalig/server"
)

type configs struct {
	Check checkConfig `cmd:"" help:"Say everything that is wrong with a configuration file."`
}

type checkConfig struct {
	File string `arg:"" help:"The file."`
}

// Run reads the file as serve would.
func (c *checkConfig) Run(s streams) error {
	text, err := os.ReadFile(c.File)
	if err != nil {
		return fmt.Errorf("couldn't read the configuration: %w", err)
	}
	config, err := server.ReadConfig(text)
	if err != nil {
		return err
	}
	if err := errors.Join(config.Check(), config.CheckFiles(time.Now())); err != nil {
		return fmt.Errorf("couldn't use the configuration:\n%w", err)
	}
	fmt.Fprintf(s.out, "ok: %d municipalities, sign-in by %s\n", len(config.Municipalities), config.SignIn.Issuer)
	return nil
}
