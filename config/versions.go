package config

import (
	"fmt"
	"slices"
	"strings"

	"buzon/schema"
)

// Versions says which versions of the layout are in force.
type Versions struct {
	Accepted []schema.Version `yaml:"accepted" default:"01.00" doc:"Versions in which a party may send its files, whatever the version of those that it gets."`
	Written  schema.Version   `yaml:"written" default:"01.00" doc:"Version of the files that a party gets."`
	Parties  []PartyVersions  `yaml:"parties" example:"[{party: 900009, from: 2026-07-01, accepted: ['01.00'], written: '01.00'}]" doc:"What the agreement of one party, CONDUSEF or a clave, has instead, from a day on; without from it is so already."`
}

// PartyVersions is what the agreement of one party says of versions.
type PartyVersions struct {
	Party    schema.Parte     `yaml:"party" required:"y" example:"900009"`
	From     schema.Dia       `yaml:"from"` // 0: always
	Accepted []schema.Version `yaml:"accepted" required:"y" example:"['01.00']"`
	Written  schema.Version   `yaml:"written" required:"y" example:"'01.00'"`
}

func parseParty(text string) (schema.Parte, error) {
	p, err := schema.ParseParte(text)
	if err != nil {
		return 0, hintf("write CONDUSEF or a clave", "%q is no party", text)
	}
	return p, nil
}

func parseVersion(text string) (schema.Version, error) {
	v, err := schema.ParseVersion(text)
	if err != nil {
		all := make([]string, 0, len(schema.Versiones()))
		for _, v := range schema.Versiones() {
			all = append(all, string(v))
		}
		return "", hintf("known here: "+strings.Join(all, ", "), "%q is no version of the layout", text)
	}
	return v, nil
}

// Of gives what is in force for a party on a day: the versions that it may send, and
// the one that is written to it.
func (v Versions) Of(party schema.Parte, day schema.Dia) (accepted []schema.Version, written schema.Version) {
	accepted, written = v.Accepted, v.Written
	var since schema.Dia
	for _, p := range v.Parties {
		if p.Party == party && p.From <= day && p.From >= since {
			since, accepted, written = p.From, p.Accepted, p.Written
		}
	}
	return accepted, written
}

// InForce gives the versions that some party may send or gets on a day, the
// oldest first.
func (v Versions) InForce(day schema.Dia) []schema.Version {
	all := append(slices.Clone(v.Accepted), v.Written)
	for _, p := range v.Parties {
		accepted, written := v.Of(p.Party, day)
		all = append(append(all, accepted...), written)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// versions checks that each party has one answer on each day.
func (r *rules) versions() {
	const at = "layout.versions."
	v := r.c.Layout.Versions
	r.accepted(at+"accepted", v.Accepted)
	type row struct {
		party schema.Parte
		from  schema.Dia
	}
	first := make(map[row]int)
	for i, p := range v.Parties {
		key := fmt.Sprintf("%sparties[%d]", at, i)
		r.accepted(key+".accepted", p.Accepted)
		if p.Party == 0 {
			continue
		}
		line, twice := first[row{p.Party, p.From}]
		r.rule(!twice, key+".party", "keep one of the two, or give one a from",
			"%s stands twice for the same day, also on line %d", p.Party, line)
		if !twice {
			first[row{p.Party, p.From}] = r.place(key + ".party").Line
		}
		is := func(in Alta) bool { return in.Clave.Parte() == p.Party }
		known := p.Party == schema.ParteCONDUSEF || slices.ContainsFunc(r.c.Padron, is)
		r.rule(known || !r.whole, key+".party", "add the institution to the padrón",
			"%s is not in the padrón", p.Party)
	}
}

func (r *rules) accepted(key string, all []schema.Version) {
	r.rule(len(all) > 0 || !r.has(key), key, "name one at least", "is empty")
	for i, v := range all {
		item := fmt.Sprintf("%s[%d]", key, i)
		r.rule(v == "" || slices.Index(all, v) == i, item, "remove one", "%q stands twice", v)
	}
}
