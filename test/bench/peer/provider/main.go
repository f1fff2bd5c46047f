// Provider is a fast OpenID Provider for load: it approves every prompt by itself and grants its token at the first token
// request that does not come early. Tokens are JWTs signed by ES256. It serves plain http on loopback, and only there.
package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

var b64 = base64.RawURLEncoding.EncodeToString

// counts is what GET /counts answers: what was asked since the start.
type counts struct {
	Prompts       int64 `json:"prompts"`
	TokenRequests int64 `json:"tokenRequests"`
	Early         int64 `json:"early"`
	Granted       int64 `json:"granted"`
}

// prompt is one backchannel authentication request (CIBA Core §7.1).
type prompt struct {
	client, hint, scope string
	acknowledged        time.Time
}

type provider struct {
	issuer   string
	interval time.Duration
	key      *ecdsa.PrivateKey
	prompts  sync.Map // auth_req_id → prompt

	asked, tokenRequests, early, granted atomic.Int64
}

func main() {
	interval := flag.Int("interval", 1, "`seconds` between token requests")
	flag.Parse()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		log.Fatal(err)
	}
	p := &provider{issuer: "http://" + listener.Addr().String(), interval: time.Duration(*interval) * time.Second, key: key}
	http.HandleFunc("GET /.well-known/openid-configuration", p.metadata)
	http.HandleFunc("GET /jwks", p.keys)
	http.HandleFunc("POST /backchannel", p.acknowledge)
	http.HandleFunc("POST /token", p.answer)
	http.HandleFunc("GET /counts", p.counts)
	fmt.Printf("{\"msg\":\"ready\",\"pid\":%d,\"issuer\":%q}\n", os.Getpid(), p.issuer)
	log.Fatal(http.Serve(listener, nil))
}

func (p *provider) metadata(w http.ResponseWriter, _ *http.Request) {
	write(w, http.StatusOK, map[string]any{
		"issuer":                              p.issuer,
		"authorization_endpoint":              p.issuer + "/authorize",
		"token_endpoint":                      p.issuer + "/token",
		"jwks_uri":                            p.issuer + "/jwks",
		"backchannel_authentication_endpoint": p.issuer + "/backchannel",
		"backchannel_token_delivery_modes_supported": []string{"poll"},
		"grant_types_supported":                      []string{"urn:openid:params:grant-type:ciba"},
		"response_types_supported":                   []string{"code"},
		"subject_types_supported":                    []string{"public"},
		"id_token_signing_alg_values_supported":      []string{"ES256"},
		"token_endpoint_auth_methods_supported":      []string{"client_secret_basic"},
	})
}

func (p *provider) keys(w http.ResponseWriter, _ *http.Request) {
	point, err := p.key.PublicKey.Bytes() // 4, x, y
	if err != nil {
		log.Fatal(err)
	}
	jwk := map[string]string{"kty": "EC", "crv": "P-256", "kid": "bench", "alg": "ES256", "use": "sig", "x": b64(point[1:33]), "y": b64(point[33:])}
	write(w, http.StatusOK, map[string]any{"keys": []any{jwk}})
}

func (p *provider) acknowledge(w http.ResponseWriter, r *http.Request) {
	client, _, _ := r.BasicAuth()
	id := rand.Text()
	p.asked.Add(1)
	p.prompts.Store(id, prompt{client, r.FormValue("login_hint"), r.FormValue("scope"), time.Now()})
	write(w, http.StatusOK, map[string]any{"auth_req_id": id, "expires_in": 600, "interval": p.interval / time.Second})
}

func (p *provider) answer(w http.ResponseWriter, r *http.Request) {
	p.tokenRequests.Add(1)
	id := r.FormValue("auth_req_id")
	found, ok := p.prompts.Load(id)
	if !ok {
		write(w, http.StatusBadRequest, map[string]string{"error": "invalid_grant"})
		return
	}
	asked := found.(prompt)
	if time.Since(asked.acknowledged) < p.interval {
		p.early.Add(1)
		write(w, http.StatusBadRequest, map[string]string{"error": "slow_down"})
		return
	}
	token, err := p.grant(asked, id)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	p.prompts.Delete(id)
	p.granted.Add(1)
	write(w, http.StatusOK, token)
}

func (p *provider) grant(asked prompt, id string) (map[string]any, error) {
	now := time.Now().Unix()
	common := map[string]any{"iss": p.issuer, "sub": asked.hint, "iat": now, "exp": now + 300}
	accessToken, err := p.sign("at+jwt", common, map[string]any{"aud": "urn:countersign:bench", "client_id": asked.client, "scope": asked.scope, "jti": id})
	if err != nil {
		return nil, err
	}
	digest := sha256.Sum256([]byte(accessToken))
	// at_hash: OpenID Connect Core §3.1.3.6.
	idToken, err := p.sign("JWT", common, map[string]any{"aud": asked.client, "auth_time": now, "at_hash": b64(digest[:16])})
	return map[string]any{"access_token": accessToken, "id_token": idToken, "token_type": "Bearer", "expires_in": 300, "scope": asked.scope}, err
}

// sign makes a JWT of both sets of claims.
func (p *provider) sign(typ string, common, claims map[string]any) (string, error) {
	for name, value := range common {
		claims[name] = value
	}
	header, err := json.Marshal(map[string]string{"alg": "ES256", "kid": "bench", "typ": typ})
	payload, err2 := json.Marshal(claims)
	if err := errors.Join(err, err2); err != nil {
		return "", err
	}
	input := b64(header) + "." + b64(payload)
	digest := sha256.Sum256([]byte(input))
	r, s, err := ecdsa.Sign(rand.Reader, p.key, digest[:])
	if err != nil {
		return "", err
	}
	signature := make([]byte, 64)
	r.FillBytes(signature[:32])
	s.FillBytes(signature[32:])
	return input + "." + b64(signature), nil
}

func (p *provider) counts(w http.ResponseWriter, _ *http.Request) {
	write(w, http.StatusOK, counts{p.asked.Load(), p.tokenRequests.Load(), p.early.Load(), p.granted.Load()})
}

func write(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(body); err != nil {
		log.Print(err)
	}
}
