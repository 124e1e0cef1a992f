package ops

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"go.uber.org/zap"

	"buzon/schema"
	"buzon/store"
)

//go:embed openapi.json
var openapi []byte

// ruta is one thing that can be asked for.
type ruta struct {
	path     string
	params   []string // that the query may have
	operador bool     // for operators alone
	public   bool     // without credentials
	serve    func(*peticion) error
}

// peticion is a request that may be answered: its parameters are known ones.
type peticion struct {
	w   http.ResponseWriter
	r   *http.Request
	who Bearer
	q   url.Values
}

var pageParams = []string{"after", "limit"}

// rutas is the whole API; openapi.json describes it.
func (s *Consultas) rutas() []ruta {
	filtros := []string{"institution", "folio", "file", "type", "event", "from", "to", "key", "address",
		"order"}
	return []ruta{
		{path: "/healthz", public: true, serve: s.health},
		{path: "/api/v1/status", params: []string{"date"}, operador: true, serve: s.status},
		{path: "/api/v1/history", params: append(filtros, pageParams...), serve: s.history},
		{path: "/api/v1/trace", params: []string{"folio"}, serve: s.trace},
		{path: "/api/v1/files/{name}", params: append([]string{"institution", "sha256"}, pageParams...),
			serve: s.file},
		{path: "/api/v1/institutions", serve: s.institutions},
		{path: "/api/v1/openapi.json", serve: s.description},
	}
}

// handler answers the routes, each with the same headers, checks and limits.
func (s *Consultas) handler() http.Handler {
	mux := http.NewServeMux()
	slots := make(chan struct{}, maxRequests)
	for _, x := range s.rutas() {
		mux.HandleFunc(x.path, func(w http.ResponseWriter, r *http.Request) {
			select {
			case slots <- struct{}{}:
				defer func() { <-slots }()
			default:
				s.refuse(w, r, &problem{http.StatusServiceUnavailable, "too many requests at once"})
				return
			}
			if err := s.answer(w, r, x); err != nil {
				s.refuse(w, r, err)
			}
		})
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		s.refuse(w, r,
			&problem{http.StatusNotFound, "there is nothing here; /api/v1/openapi.json says what there is"})
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Cache-Control", "no-store")
		h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("X-Content-Type-Options", "nosniff")
		if r.TLS != nil {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		mux.ServeHTTP(w, r)
	})
}

func (s *Consultas) answer(w http.ResponseWriter, r *http.Request, x ruta) (err error) {
	p := &peticion{w: w, r: r}
	if r.Method != http.MethodGet {
		w.Header().Set("Allow", http.MethodGet)
		return &problem{http.StatusMethodNotAllowed, "this API only reads: GET"}
	}
	if !x.public {
		if p.who, err = s.admit(r); err != nil {
			return err
		}
		if x.operador && p.who.Rol != Operador {
			return &problem{http.StatusForbidden, "for operators alone"}
		}
	}
	if p.q, err = url.ParseQuery(r.URL.RawQuery); err != nil {
		return &problem{http.StatusBadRequest, "the query cannot be read"}
	}
	for name, values := range p.q { // a misspelt filter would answer with more than was asked for
		if !slices.Contains(x.params, name) {
			return &problem{http.StatusBadRequest,
				fmt.Sprintf("unknown parameter %.40q; there are: %s", name, strings.Join(x.params, ", "))}
		}
		if len(values) > 1 {
			return &problem{http.StatusBadRequest, name + " stands twice"}
		}
	}
	return x.serve(p)
}

// refuse answers with an error. What is not the asker's mistake is logged, and not
// told.
func (s *Consultas) refuse(w http.ResponseWriter, r *http.Request, err error) {
	p, bad := &problem{http.StatusInternalServerError, "the answer failed; the log of the process says why"},
		new(FiltroError)
	if c := new(cut); errors.As(err, &c) {
		if r.Context().Err() == nil {
			s.Log.Error("api: an answer was cut", zap.String("path", r.Pattern), zap.Error(err))
		}
		panic(http.ErrAbortHandler) // the client sees that it is not whole
	}
	switch {
	case errors.As(err, &p):
	case errors.As(err, &bad):
		p = &problem{http.StatusBadRequest, bad.Error()}
	case errors.Is(err, store.ErrNotFound):
		p = &problem{http.StatusNotFound, "not found"}
	case r.Context().Err() != nil:
		return // nobody listens any more
	default:
		s.Log.Error("api", zap.String("path", r.Pattern), zap.Error(err))
	}
	switch p.code {
	case http.StatusUnauthorized:
		w.Header().Set("WWW-Authenticate", `Bearer realm="buzon"`)
		s.Log.Warn("api: wrong token, or none", zap.Stringer("address", prefixOf(r.RemoteAddr)))
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		w.Header().Set("Retry-After", "60")
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(p.code)
	_ = json.NewEncoder(w).Encode(map[string]string{"error": p.text}) // whoever asked may be gone
}

func (p *peticion) json(x any) error {
	b, err := json.Marshal(x)
	if err != nil {
		return err
	}
	p.w.Header().Set("Content-Type", "application/json")
	_, _ = p.w.Write(append(b, '\n')) // whoever asked may be gone
	return nil
}

// limit is how many rows were asked for, the most where nothing was said.
func limit(asked int) (int, error) {
	if asked > maxRows {
		return 0, &FiltroError{"limit", fmt.Errorf("want a number up to %d", maxRows)}
	}
	if asked == 0 {
		asked = maxRows
	}
	return asked, nil
}

// health says whether the store answers and the heartbeat is fresh, and nothing
// else: it asks for no credentials.
func (s *Consultas) health(p *peticion) error {
	err := s.Store.View(p.r.Context(), func(v *store.View) error {
		if _, err := v.Eventos(); err != nil || !s.Beats {
			return err
		}
		last, err := v.UltimoLatido()
		if err == nil && s.Now().Sub(last) > freshBeat {
			err = fmt.Errorf("the last heartbeat was at %s", schema.NewInstante(last))
		}
		return err
	})
	if err != nil {
		s.Log.Error("api: not healthy", zap.Error(err))
		p.w.WriteHeader(http.StatusServiceUnavailable)
	}
	return p.json(map[string]bool{"ok": err == nil})
}

func (s *Consultas) status(p *peticion) error {
	var day schema.Dia
	if text := p.q.Get("date"); text != "" {
		var err error
		if day, err = schema.ParseDia(text); err != nil {
			return &FiltroError{"date", err}
		}
	}
	now := s.Now()
	var e *Estado
	if err := s.Store.View(p.r.Context(), func(v *store.View) (err error) {
		e, err = EstadoDe(v, s.Acuerdo, day, now, false)
		return err
	}); err != nil {
		return err
	}
	return p.json(e)
}

func (s *Consultas) trace(p *peticion) error {
	f := Filtros{Folio: p.q.Get("folio")}
	if f.Folio == "" {
		return &FiltroError{"folio", errors.New("is missing")}
	}
	if _, err := f.Consulta(); err != nil {
		return err
	}
	var t *Trace
	if err := s.Store.View(p.r.Context(), func(v *store.View) (err error) {
		t, err = TraceFolio(v, schema.Folio(f.Folio), s.Acuerdo)
		return err
	}); err != nil {
		return err
	}
	return p.json(t)
}

func (s *Consultas) description(p *peticion) error {
	p.w.Header().Set("Content-Type", "application/json")
	_, _ = p.w.Write(openapi) // whoever asked may be gone
	return nil
}
