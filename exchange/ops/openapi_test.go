package ops

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"buzon/schema"
	"buzon/store"
)

// description is what of openapi.json the tests look at.
type description struct {
	OpenAPI string `json:"openapi"`
	Paths   map[string]map[string]struct {
		ID         string      `json:"operationId"`
		Rol        string      `json:"x-rol"`
		Security   *[]any      `json:"security"`
		Parameters []parameter `json:"parameters"`
		Responses  map[string]struct {
			Content map[string]struct {
				Schema shape `json:"schema"`
			} `json:"content"`
		} `json:"responses"`
	} `json:"paths"`
	Components struct {
		Schemas map[string]shape `json:"schemas"`
	} `json:"components"`
}

type parameter struct {
	Name, In string
	Schema   shape
}

// shape is a JSON Schema, as far as openapi.json goes.
type shape struct {
	Ref                  string           `json:"$ref"`
	Type                 string           `json:"type"`
	Properties           map[string]shape `json:"properties"`
	Required             []string         `json:"required"`
	AdditionalProperties *bool            `json:"additionalProperties"`
	Items                *shape           `json:"items"`
	OneOf                []shape          `json:"oneOf"`
	Enum                 []string         `json:"enum"`
	Maximum              int              `json:"maximum"`
}

func readDescription(t *testing.T) (d description) {
	t.Helper()
	if err := json.Unmarshal(openapi, &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// TestDescriptionIsOfTheRoutes holds openapi.json against the table of routes:
// each path, each parameter, who may ask, in both directions.
func TestDescriptionIsOfTheRoutes(t *testing.T) {
	t.Parallel()
	d := readDescription(t)
	if !strings.HasPrefix(d.OpenAPI, "3.1.") {
		t.Errorf("OpenAPI %s", d.OpenAPI)
	}
	ids := map[string]bool{}
	for _, x := range (&Consultas{}).rutas() {
		methods := d.Paths[x.path]
		op, ok := methods["get"]
		if !ok || len(methods) != 1 {
			t.Errorf("%s: described with %d methods", x.path, len(methods))
			continue
		}
		var query []string
		for _, p := range op.Parameters {
			if p.In == "path" {
				if !strings.Contains(x.path, "{"+p.Name+"}") {
					t.Errorf("%s: no %s in the path", x.path, p.Name)
				}
				continue
			}
			query = append(query, p.Name)
			if p.Name == "type" && len(p.Schema.Enum) != len(schema.Tipos) {
				t.Errorf("%s: types %q", x.path, p.Schema.Enum)
			}
			if strings.HasPrefix(x.path, "/api/v1/files") && p.Name == "limit" &&
				p.Schema.Maximum != maxRows {
				t.Errorf("%s: limit up to %d", x.path, p.Schema.Maximum)
			}
		}
		slices.Sort(query)
		want := slices.Sorted(slices.Values(x.params))
		if !slices.Equal(query, want) {
			t.Errorf("%s: described with %q, takes %q", x.path, query, want)
		}
		if public := op.Security != nil && len(*op.Security) == 0; public != x.public {
			t.Errorf("%s: public %t", x.path, public)
		}
		if want := map[bool]string{true: "operador", false: "auditor"}[x.operador]; !x.public &&
			op.Rol != want {
			t.Errorf("%s: for %q, want %q", x.path, op.Rol, want)
		}
		if op.ID == "" || ids[op.ID] {
			t.Errorf("%s: operationId %q", x.path, op.ID)
		}
		ids[op.ID] = true
		delete(d.Paths, x.path)
	}
	for path := range d.Paths {
		t.Errorf("%s is described, and there is no such route", path)
	}
}

// TestAnswersAreAsDescribed holds real answers against their schemas. All that a
// rehearsal's store answers says so, and no other does.
func TestAnswersAreAsDescribed(t *testing.T) {
	t.Parallel()
	for _, rehearsal := range []bool{false, true} {
		a := serve(t, dayOf(t, store.Options{Now: ocho, Simulacro: rehearsal}), nil)
		for path, body := range answersAsDescribed(t, a) {
			ours := path != "/healthz" && !strings.HasPrefix(path, "/api/v1/status") &&
				!strings.HasSuffix(path, ".json")
			if says := strings.Contains(body, `"simulacro":true`); ours && says != rehearsal {
				t.Errorf("%s of a rehearsal: %v, and it says:\n%.300s", path, rehearsal, body)
			}
		}
		if _, table := a.request(http.MethodGet, "/api/v1/history", "Accept",
			"text/csv"); strings.Contains(table, ",SIMULACRO\r\n") != rehearsal {
			t.Errorf("of a rehearsal: %v\n%.300s", rehearsal, table)
		}
	}
}

// answersAsDescribed gives the answers that were had.
func answersAsDescribed(t *testing.T, a *api) map[string]string {
	t.Helper()
	d := readDescription(t)
	had := map[string]string{}
	for path, asked := range map[string][]string{
		"/healthz":             {""},
		"/api/v1/status":       {"", "?date=2026-03-02", "?date=x"},
		"/api/v1/history":      {"", "?limit=2", "?limit=0"},
		"/api/v1/trace":        {"?folio=2026/090/1", "?folio=2026/090/2", "?folio=2026/090/9", "?folio=0"},
		"/api/v1/files/{name}": {rec, lot, res, acu, rch, rep, "otro", rec + "?limit=1"},
		"/api/v1/institutions": {""},
		"/api/v1/openapi.json": {""},
	} {
		for _, rest := range asked {
			resp, body := a.request(http.MethodGet, strings.TrimSuffix(path, "{name}")+rest)
			answer, ok := d.Paths[path]["get"].Responses[fmt.Sprint(resp.StatusCode)]
			if !ok {
				t.Errorf("%s%s: %d is not described", path, rest, resp.StatusCode)
				continue
			}
			var x any
			if err := json.Unmarshal([]byte(body), &x); err != nil {
				t.Fatal(err)
			}
			for _, m := range d.mismatch(answer.Content["application/json"].Schema, x, path+rest) {
				t.Error(m)
			}
			if resp.StatusCode == http.StatusOK {
				had[path+rest] = body
			}
		}
	}
	return had
}

// mismatch says where a value is not as a schema has it.
func (d *description) mismatch(s shape, x any, at string) (all []string) {
	if name, ok := strings.CutPrefix(s.Ref, "#/components/schemas/"); ok {
		ref, ok := d.Components.Schemas[name]
		if !ok {
			return []string{at + ": no schema " + name}
		}
		return d.mismatch(ref, x, at)
	}
	if len(s.OneOf) > 0 {
		for _, y := range s.OneOf {
			m := d.mismatch(y, x, at)
			if len(m) == 0 {
				return nil
			}
			all = append(all, m...)
		}
		return all
	}
	if got := kind(x); got != s.Type {
		return []string{fmt.Sprintf("%s: is %s, described as %q", at, got, s.Type)}
	}
	switch x := x.(type) {
	case map[string]any:
		for k, y := range x {
			if p, ok := s.Properties[k]; ok {
				all = append(all, d.mismatch(p, y, at+"."+k)...)
			} else if s.AdditionalProperties != nil && !*s.AdditionalProperties {
				all = append(all, at+"."+k+": not described")
			}
		}
		for _, k := range s.Required {
			if _, ok := x[k]; !ok {
				all = append(all, at+"."+k+": missing")
			}
		}
	case []any:
		for i, y := range x {
			all = append(all, d.mismatch(*s.Items, y, fmt.Sprintf("%s[%d]", at, i))...)
		}
	case string:
		if len(s.Enum) > 0 && !slices.Contains(s.Enum, x) {
			all = append(all, at+": "+x+" is not described")
		}
	}
	return all
}

func kind(x any) string {
	switch x := x.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case string:
		return "string"
	case float64:
		if x == float64(int64(x)) {
			return "integer"
		}
		return "number"
	case []any:
		return "array"
	}
	return "object"
}
