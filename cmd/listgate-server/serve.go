package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/listgate/listgate/internal/config"
	"github.com/listgate/listgate/review/daily"
	"github.com/listgate/listgate/web"
	"github.com/listgate/listgate/web/api"
)

func serveCommand(p *process) *cobra.Command {
	var alone bool
	c := &cobra.Command{
		Use:   "serve",
		Short: "serve the workbench and the API, and work the jobs",
		Args:  cobra.NoArgs,
		RunE: withSettings(p, func(ctx context.Context, s *config.Settings) error {
			return inOffice(ctx, p, s, func(o *office) error {
				if alone {
					return o.serve(ctx)
				}
				return o.working(ctx, o.serve)
			})
		}),
	}
	c.Flags().BoolVar(&alone, "no-work", false, "leave the jobs to processes of `work`")
	return c
}

func workCommand(p *process) *cobra.Command {
	return &cobra.Command{
		Use:   "work",
		Short: "analyse packages and act on what falls due, without serving",
		Args:  cobra.NoArgs,
		RunE: withSettings(p, func(ctx context.Context, s *config.Settings) error {
			return inOffice(ctx, p, s, func(o *office) error {
				return o.working(ctx, func(ctx context.Context) error {
					<-ctx.Done()
					return nil
				})
			})
		}),
	}
}

// inOffice opens the review for a command, and says in the ledger what it works by.
func inOffice(
	ctx context.Context, p *process, s *config.Settings, do func(*office) error,
) error {
	r, err := openRecords(ctx, p, s)
	if err != nil {
		return err
	}
	o, err := openOffice(r)
	if err == nil {
		err = o.announce(ctx)
	}
	if err == nil {
		err = do(o)
	}
	return errors.Join(err, r.close())
}

// handler is all that is served.
func (o *office) handler() (http.Handler, error) {
	return web.New(web.Options{
		Store: text(o.settings.Store.ZH, o.settings.Store.EN), Pages: web.Pages(o.parts()),
		Accounts: o.accounts, Sessions: o.sessions, API: api.New(o.api()), Ready: o.db.Ping,
		Log: o.log, Now: o.now, Secure: o.settings.Secure(),
		Proxies: o.settings.Proxies,
	})
}

// api is what the API stands on.
func (o *office) api() api.Options {
	return api.Options{
		Identify: api.Tokens(o.accounts), Submit: o.intake.Submit, Move: o.desk.Move,
		Cases: o.desk.Cases, Submissions: o.desk.Submissions, Letters: o.desk.Letters,
		Files: o.files, MaxSize: o.settings.UploadLimit,
		Known: func(r *http.Request, route string, who api.Caller) {
			web.Note(r.Context(), route, who.Actor.ID)
		},
		Failed: func(r *http.Request, id string, err error) {
			o.log.ErrorContext(r.Context(), "request failed", "id", id, "path", r.URL.Path,
				"error", err)
		},
	}
}

// stopWait is how long requests and jobs may take to end once the process is told to.
const stopWait = 20 * time.Second

// listen takes the address that the settings name.
func (o *office) listen(ctx context.Context) (net.Listener, error) {
	return (&net.ListenConfig{}).Listen(ctx, "tcp", o.settings.Listen)
}

// serve answers until the context ends, and then lets requests end.
func (o *office) serve(ctx context.Context) error {
	at, err := o.listen(ctx)
	if err != nil {
		return err
	}
	return o.serveAt(ctx, at)
}

func (o *office) serveAt(ctx context.Context, at net.Listener) error {
	handler, err := o.handler()
	if err != nil {
		return errors.Join(err, at.Close())
	}
	server := web.Server(o.settings.Listen, handler)
	server.ErrorLog = slog.NewLogLogger(o.log.Handler(), slog.LevelWarn)
	o.log.InfoContext(ctx, "serving", "address", at.Addr().String())
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(newDoorway(at, connections())) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopWait)
	defer cancel()
	return server.Shutdown(end)
}

// working does something while jobs are worked and what is periodic is done, until
// it returns.
func (o *office) working(ctx context.Context, do func(context.Context) error) error {
	if err := o.queue.Start(ctx); err != nil {
		return err
	}
	o.log.InfoContext(ctx, "working")
	ticking, stop := context.WithCancel(ctx)
	var ticks sync.WaitGroup
	for _, t := range o.ticks() {
		ticks.Go(func() { t.run(ticking, o.log) })
	}
	err := do(ctx)
	stop()
	ticks.Wait()
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopWait)
	defer cancel()
	return errors.Join(err, o.queue.Stop(end))
}

// ticks are what is done again and again.
func (o *office) ticks() []tick {
	return []tick{
		{"what falls due", 15 * time.Second, o.sweep},
		{"checkpoint of the ledger", time.Minute, func(ctx context.Context) error {
			_, err := o.notary.Publish(ctx)
			return err
		}},
		{"cases outside every queue", time.Hour, o.lost},
		{"sessions that ran out", time.Hour, func(ctx context.Context) error {
			_, err := o.accounts.Purge(ctx)
			return err
		}},
		{"files half written", time.Hour, func(ctx context.Context) error {
			_, err := o.blobs.Clean(ctx, o.now().Add(-day))
			return err
		}},
	}
}

const day = 24 * time.Hour

// sweep acts on what has fallen due.
func (o *office) sweep(ctx context.Context) error {
	done, err := o.daily.Sweep(ctx)
	if done != (daily.Swept{}) {
		o.log.InfoContext(ctx, "acted on what fell due", "done", done)
	}
	return err
}

// parts are what the pages work with.
func (o *office) parts() web.Parts {
	in := importer{o.lists, o.files}
	return web.Parts{
		Accounts: o.accounts, Sessions: o.sessions, Desk: o.desk, Law: o.law.Law,
		Intake: o.intake, MaxSize: o.settings.UploadLimit, Registry: in, Importer: in,
	}
}
