package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"runtime/debug"
	"time"
)

type migrateCommand struct {
	databaseSetting
	Direction  string `arg:"" enum:"up,down" default:"up" help:"up: apply what is missing (the default). down: take the newest migration back, WITH ALL DATA THAT IT HOLDS."`
	Distribute string `enum:",citus" default:"" placeholder:"citus" help:"After the migration, spread the tables over the nodes of a Citus cluster by their user; say so again after each later one."`
}

// Run migrates and says so.
func (c *migrateCommand) Run(ctx context.Context, stdout io.Writer) error {
	storage, err := openStorage(ctx, c.DatabaseURL)
	if err != nil {
		return err
	}
	defer storage.close()
	if storage.schema == nil {
		return fmt.Errorf("DATABASE_URL: there is nothing to migrate in memory")
	}
	if c.Distribute != "" && (storage.distribute == nil || c.Direction == "down") {
		return fmt.Errorf("--distribute: is for migrate up of PostgreSQL alone")
	}
	migrate := storage.schema.Up
	if c.Direction == "down" {
		migrate = storage.schema.Down
	}
	if err := migrate(ctx); err != nil {
		return fmt.Errorf("DATABASE_URL: %w", err)
	}
	fmt.Fprintln(stdout, "migrated", c.Direction)
	if c.Distribute != "" {
		if err := storage.distribute(ctx); err != nil {
			return fmt.Errorf("DATABASE_URL: %w", err)
		}
		fmt.Fprintln(stdout, "distributed by user")
	}
	return nil
}

type healthcheckCommand struct {
	addressSetting
	tlsSetting
}

// Validate is called by kong.
func (c *healthcheckCommand) Validate() error {
	return cmp.Or(c.addressSetting.Validate(), c.tlsSetting.Validate())
}

// Run asks /readyz of the service at the address, from this machine.
func (c *healthcheckCommand) Run(ctx context.Context, stdout io.Writer) error {
	host, port, err := net.SplitHostPort(c.Addr)
	if err != nil {
		return fmt.Errorf("ADDR: %w", err)
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	scheme, transport := "http", http.DefaultTransport.(*http.Transport).Clone()
	defer transport.CloseIdleConnections()
	if transport.TLSClientConfig, err = c.clientTLS(); err != nil {
		return err
	}
	if transport.TLSClientConfig != nil {
		scheme = "https"
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, scheme+"://"+net.JoinHostPort(host, port)+"/readyz", nil)
	if err != nil {
		return fmt.Errorf("ADDR: %w", err)
	}
	response, err := (&http.Client{Transport: transport}).Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("not ready: %s", response.Status)
	}
	_, err = fmt.Fprintln(stdout, "ready")
	return err
}

type versionCommand struct{}

// release is what `make build` calls this program.
var release string

// version is the release, or else the version of the module or the commit, or
// else "(devel)".
func version() string {
	if release != "" {
		return release
	}
	if build, ok := debug.ReadBuildInfo(); ok {
		return build.Main.Version
	}
	return "(unknown)"
}

// Run prints the program's version and what it was built with.
func (versionCommand) Run(stdout io.Writer) error {
	_, err := fmt.Fprintln(stdout, "interviewer", version(), runtime.Version(), runtime.GOOS+"/"+runtime.GOARCH)
	return err
}
