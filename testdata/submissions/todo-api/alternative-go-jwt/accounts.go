package main

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"net/mail"
	"os"
	"strconv"
	"strings"
	"time"

	"encoding/json"

	"github.com/golang-jwt/jwt/v5"
	"golang.org/x/crypto/bcrypt"
)

const (
	tokenLife       = time.Hour
	passwordMinimum = 8
	passwordMaximum = 72 // bytes, what bcrypt looks at
)

// accounts registers users and issues tokens.
type accounts struct {
	store *store
	key   []byte
	// decoy is compared with when there is no such user, so that the answer takes as long.
	decoy []byte
}

// newAccounts takes the key from JWT_SECRET; without one, tokens end with the process.
func newAccounts(store *store) (*accounts, error) {
	key := []byte(os.Getenv("JWT_SECRET"))
	if len(key) == 0 {
		key = make([]byte, 32)
		if _, err := rand.Read(key); err != nil {
			return nil, err
		}
	}
	decoy, err := bcrypt.GenerateFromPassword([]byte("nobody"), bcrypt.MinCost)
	return &accounts{store, key, decoy}, err
}

type user struct {
	ID    int64  `json:"id"`
	Email string `json:"email"`
	Role  string `json:"role"`
	hash  []byte
}

type credentials struct {
	Email    string `json:"email"`
	Password string `json:"password"`
}

func readCredentials(w http.ResponseWriter, r *http.Request) (credentials, error) {
	body, err := readBody(w, r, "application/json")
	if err != nil {
		return credentials{}, err
	}
	var sent credentials
	if err := json.Unmarshal(body, &sent); err != nil {
		return credentials{}, malformed("the request body must be a JSON object with email and password")
	}
	sent.Email = strings.ToLower(strings.TrimSpace(sent.Email))
	var faults []fieldError
	if address, err := mail.ParseAddress(sent.Email); err != nil || address.Address != sent.Email {
		faults = append(faults, fieldError{"email", "email", "email must be an address"})
	}
	if len(sent.Password) < passwordMinimum || len(sent.Password) > passwordMaximum {
		faults = append(faults, fieldError{"password", "length", "password must have 8 to 72 bytes"})
	}
	if faults != nil {
		return credentials{}, invalid(faults)
	}
	return sent, nil
}

func (a *accounts) register(w http.ResponseWriter, r *http.Request) error {
	sent, err := readCredentials(w, r)
	if err != nil {
		return err
	}
	hash, err := bcrypt.GenerateFromPassword([]byte(sent.Password), bcrypt.MinCost+2)
	if err != nil {
		return err
	}
	made, err := a.store.insertUser(r.Context(), sent.Email, hash)
	if errors.Is(err, errTaken) {
		return newProblem(http.StatusConflict, "email_taken", "there is an account with this address")
	}
	if err != nil {
		return err
	}
	return reply(w, http.StatusCreated, made)
}

func (a *accounts) login(w http.ResponseWriter, r *http.Request) error {
	sent, err := readCredentials(w, r)
	if err != nil {
		return err
	}
	found, err := a.store.findUser(r.Context(), sent.Email)
	known := err == nil
	if err != nil && !errors.Is(err, errNotFound) {
		return err
	}
	hash := a.decoy
	if known {
		hash = found.hash
	}
	if err := bcrypt.CompareHashAndPassword(hash, []byte(sent.Password)); err != nil || !known {
		return unauthorized(w, "invalid_credentials", "the address or the password is wrong")
	}
	token, err := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.RegisteredClaims{
		Subject:   strconv.FormatInt(found.ID, 10),
		IssuedAt:  jwt.NewNumericDate(time.Now()),
		ExpiresAt: jwt.NewNumericDate(time.Now().Add(tokenLife)),
	}).SignedString(a.key)
	if err != nil {
		return err
	}
	return reply(w, http.StatusOK, map[string]any{"access_token": token, "token_type": "Bearer", "expires_in": int(tokenLife.Seconds())})
}

func unauthorized(w http.ResponseWriter, code, detail string) error {
	w.Header().Set("WWW-Authenticate", `Bearer realm="todos"`)
	return newProblem(http.StatusUnauthorized, code, detail)
}

type userKey struct{}

// guard lets only requests with a valid token through, and tells the store whose they are.
func (a *accounts) guard(next func(http.ResponseWriter, *http.Request) error) func(http.ResponseWriter, *http.Request) error {
	return func(w http.ResponseWriter, r *http.Request) error {
		id, err := a.verify(r.Header.Get("Authorization"))
		if err != nil {
			return unauthorized(w, "unauthorized", "a valid token is needed")
		}
		return next(w, r.WithContext(context.WithValue(r.Context(), userKey{}, id)))
	}
}

func (a *accounts) verify(header string) (int64, error) {
	given, ok := strings.CutPrefix(header, "Bearer ")
	if !ok {
		return 0, errors.New("no bearer token")
	}
	var claims jwt.RegisteredClaims
	_, err := jwt.ParseWithClaims(given, &claims, func(*jwt.Token) (any, error) { return a.key, nil },
		jwt.WithValidMethods([]string{"HS256"}), jwt.WithExpirationRequired())
	if err != nil {
		return 0, err
	}
	return strconv.ParseInt(claims.Subject, 10, 64)
}

func userOf(ctx context.Context) int64 {
	id, _ := ctx.Value(userKey{}).(int64)
	return id
}
