package postgres

import (
	"context"
	"errors"
	"time"
)

// Listen calls news whenever somebody notifies one of the channels, and at least
// every interval, until ctx ends. A session that is lost is opened again; what was
// notified meanwhile is lost, which is why news is called without it too.
func (d *DB) Listen(ctx context.Context, every time.Duration, news func(), channels ...string) {
	for ctx.Err() == nil {
		_ = d.listen(ctx, every, news, channels) // the ticks go on below
		news()
		select {
		case <-time.After(every):
		case <-ctx.Done():
		}
	}
}

func (d *DB) listen(ctx context.Context, every time.Duration, news func(), channels []string) error {
	c, err := d.connect(ctx, nil)
	if err != nil {
		return err
	}
	defer func() {
		closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		_ = c.Close(closing)
	}()
	for _, channel := range channels {
		if _, err := c.Exec(ctx, `LISTEN `+channel); err != nil {
			return err
		}
	}
	for checked := time.Now(); ; {
		news()
		waiting, cancel := context.WithTimeout(ctx, every)
		_, err := c.WaitForNotification(waiting)
		cancel()
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil && !errors.Is(err, context.DeadlineExceeded) {
			return err
		}
		if time.Since(checked) < silentFor {
			continue
		}
		asking, cancel := context.WithTimeout(ctx, dialFor)
		err = c.Ping(asking)
		cancel()
		if err != nil {
			return err
		}
		checked = time.Now()
	}
}
