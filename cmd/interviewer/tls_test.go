package main

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// certificate is a self-signed one, for a name that is not the machine's.
type certificate struct {
	cert, key []byte // PEM
	pool      *x509.CertPool
}

const certificateName = "interviewer.example.com"

func newCertificate(t *testing.T) certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	serial, err := rand.Int(rand.Reader, big.NewInt(1<<62))
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: serial, Subject: pkix.Name{CommonName: certificateName}, DNSNames: []string{certificateName},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour), IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	c := certificate{pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER}), x509.NewCertPool()}
	c.pool.AppendCertsFromPEM(c.cert)
	return c
}

// get asks the address over a new connection, trusting this certificate alone.
func (c certificate) get(t *testing.T, address, path string, change func(*tls.Config)) (*http.Response, error) {
	t.Helper()
	config := &tls.Config{RootCAs: c.pool, ServerName: certificateName}
	if change != nil {
		change(config)
	}
	transport := &http.Transport{TLSClientConfig: config, ForceAttemptHTTP2: config.NextProtos == nil}
	defer transport.CloseIdleConnections()
	resp, err := (&http.Client{Transport: transport}).Get("https://" + address + path)
	if err == nil {
		io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
	}
	return resp, err
}

func writeFile(t *testing.T, name string, text []byte) {
	t.Helper()
	if err := os.WriteFile(name+".new", text, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(name+".new", name); err != nil {
		t.Fatal(err)
	}
}

func TestTLSWithItsOwnCertificate(t *testing.T) {
	first, second := newCertificate(t), newCertificate(t)
	certFile, keyFile := filepath.Join(t.TempDir(), "cert.pem"), filepath.Join(t.TempDir(), "key.pem")
	writeFile(t, certFile, first.cert)
	writeFile(t, keyFile, first.key)
	files := []string{"--tls-cert-file=" + certFile, "--tls-key-file=" + keyFile}

	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	log, done := &logBuffer{}, make(chan error, 1)
	go func() {
		done <- runProgram(ctx, append(files, "--database-url=memory:", "--addr=127.0.0.1:0", "--log-format=json"), log)
	}()
	address := addressIn(t, log, done)

	resp, err := first.get(t, address, "/readyz", nil)
	if err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != 200 || resp.ProtoMajor != 2 {
		t.Errorf("%s over %s", resp.Status, resp.Proto)
	}
	if got := resp.Header.Get("Strict-Transport-Security"); got != "max-age=31536000; includeSubDomains" {
		t.Errorf("Strict-Transport-Security is %q", got)
	}
	resp, err = first.get(t, address, "/readyz", func(c *tls.Config) { c.NextProtos, c.MaxVersion = []string{"http/1.1"}, tls.VersionTLS12 })
	if err != nil || resp.StatusCode != 200 || resp.ProtoMajor != 1 {
		t.Errorf("HTTP/1.1 over TLS 1.2: %v, %v", resp, err)
	}
	if _, err := first.get(t, address, "/readyz", func(c *tls.Config) {
		c.NextProtos = []string{"http/1.1"} // HTTP/2 alone would refuse it
		c.MinVersion, c.MaxVersion = tls.VersionTLS10, tls.VersionTLS11
	}); err == nil {
		t.Error("TLS 1.1 was spoken")
	}
	plain, err := http.Get("http://" + address + "/readyz")
	if err != nil {
		t.Fatal(err)
	}
	plain.Body.Close()
	if plain.StatusCode != 400 {
		t.Errorf("without TLS: %s", plain.Status)
	}

	healthcheck := func(args ...string) (string, error) {
		var told bytes.Buffer
		err := runProgram(t.Context(), append([]string{"healthcheck", "--addr=" + address}, args...), &told)
		return told.String(), err
	}
	if told, err := healthcheck(files...); err != nil || told != "ready\n" {
		t.Errorf("healthcheck: %q, %v", told, err)
	}
	if _, err := healthcheck(); err == nil {
		t.Error("the healthcheck needs no TLS")
	}
	other := filepath.Join(t.TempDir(), "other.pem")
	writeFile(t, other, second.cert)
	if _, err := healthcheck("--tls-cert-file="+other, "--tls-key-file="+keyFile); err == nil || !strings.Contains(err.Error(), "TLS_CERT_FILE") {
		t.Errorf("healthcheck of another certificate: %v", err)
	}

	// Half of a new pair changes nothing.
	writeFile(t, certFile, second.cert)
	if _, err := first.get(t, address, "/readyz", nil); err != nil {
		t.Errorf("between the files: %v", err)
	}
	if !strings.Contains(log.String(), "the former stays") {
		t.Errorf("the log is %s", log)
	}
	writeFile(t, keyFile, second.key)
	if _, err := second.get(t, address, "/readyz", nil); err != nil {
		t.Errorf("with the new pair: %v", err)
	}
	if told, err := healthcheck(files...); err != nil || told != "ready\n" {
		t.Errorf("healthcheck of the new pair: %q, %v", told, err)
	}
	if err := os.Remove(keyFile); err != nil {
		t.Fatal(err)
	}
	if _, err := second.get(t, address, "/readyz", nil); err != nil {
		t.Errorf("without a file: %v", err)
	}
	stop()
	if err := <-done; err != nil {
		t.Errorf("run: %v", err)
	}
}

func TestNoAnswerNamesTheProgram(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	log, done := &logBuffer{}, make(chan error, 1)
	go func() {
		done <- runProgram(ctx, []string{"--database-url=memory:", "--addr=127.0.0.1:0", "--log-format=json"}, log)
	}()
	address := addressIn(t, log, done)
	for _, request := range []string{
		"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n",
		"GET /api/v1/sessions HTTP/1.1\r\nHost: x\r\n\r\n",
		"GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n",
		"DELETE /healthz HTTP/1.1\r\nHost: x\r\n\r\n",
		"POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n{",
		"OPTIONS /api/v1/sessions HTTP/1.1\r\nHost: x\r\nOrigin: http://localhost:3000\r\nAccess-Control-Request-Method: POST\r\n\r\n",
		"GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n",
		"GET / HTTP/1.1\r\n\r\n",
	} {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(conn, strings.Replace(request, "\r\n\r\n", "\r\nConnection: close\r\n\r\n", 1))
		answer, err := io.ReadAll(conn)
		conn.Close()
		if err != nil || !bytes.HasPrefix(answer, []byte("HTTP/1.1 ")) {
			t.Fatalf("%q: %q, %v", request, answer, err)
		}
		head, _, _ := strings.Cut(string(answer), "\r\n\r\n")
		for _, name := range []string{"\r\nServer:", "\r\nVia:", "\r\nX-Powered-By:", "golang", "go1", "interviewer/"} {
			if strings.Contains(strings.ToLower(head), strings.ToLower(name)) {
				t.Errorf("%q is answered with %q, which has %q", request, head, name)
			}
		}
	}
	stop()
	if err := <-done; err != nil {
		t.Errorf("run: %v", err)
	}
}
