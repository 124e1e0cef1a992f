package ficha_test

import (
	"strings"
	"testing"

	"buzon/exchange/ficha"
)

// hojas are sheets of every look.
func hojas(t *testing.T) map[string]*ficha.Hoja {
	ensayo := muestra(t)
	ensayo.Simulacro = true
	return map[string]*ficha.Hoja{
		"half a year": muestra(t), "a rehearsal": ensayo, "a year": larga(t, 4), "ten quarters": larga(t, 10),
		"unknown": nula(t), "nothing concluded": ociosa(t), "hostile": hostil(t),
	}
}

// TestQuiet: a sheet fetches nothing and says nothing on the console, and a page
// that does both is caught at it.
func TestQuiet(t *testing.T) {
	t.Parallel()
	n := abre(t)
	for name, h := range hojas(t) {
		n.ve(escribe(t, h), 1200)
		if bad := n.quejas(); len(bad) > 0 {
			t.Errorf("%s: %v", name, bad)
		}
	}
	n.ve("<!DOCTYPE html><title>x</title><link rel=stylesheet href=otra.css>", 1200)
	if got := n.quejas(); len(got) < 2 {
		t.Errorf("a page that fetches is taken for quiet: %v", got)
	}
	page := strings.Replace(escribe(t, muestra(t)), "<main>",
		"<main><img src=otra.png><script>throw 1</script>", 1)
	n.ve(page, 1200)
	if got := strings.Join(n.quejas(), ""); !strings.Contains(got, "img-src") ||
		!strings.Contains(got, "script-src") || strings.Contains(got, "exceptionThrown") {
		t.Errorf("the page's own policy lets this pass: %v", got)
	}
}

// asomos lists what is cut off or too small to read.
const asomos = `(() => {
	const bad = [], wide = document.documentElement;
	if (wide.scrollWidth > wide.clientWidth)
		bad.push("the page is " + wide.scrollWidth + " wide on " + wide.clientWidth);
	for (const svg of document.querySelectorAll("svg")) {
		const box = svg.viewBox.baseVal, scale = svg.getBoundingClientRect().width / box.width;
		for (const text of svg.querySelectorAll("text")) {
			const at = text.getBBox(), size = parseFloat(getComputedStyle(text).fontSize) * scale;
			if (at.x < -1 || at.x + at.width > box.width + 1 || at.y < 0 || at.y + at.height > box.height + 2)
				bad.push("out of its plot: " + text.textContent);
			if (size < 9) bad.push(text.textContent + ": " + size + " px");
		}
	}
	for (const cell of document.querySelectorAll("th, td, dd, p, h1, h2, h3"))
		if (cell.scrollWidth > cell.clientWidth + 1) bad.push("runs over: " + cell.textContent);
	return bad;
})()`

// palidos lists texts without the contrast that WCAG's level AA asks for.
const palidos = `(() => {
	const rgba = (s) => { const n = s.match(/[\d.]+/g).map(Number); return n.length < 4 ? [...n, 1] : n; };
	const light = (c) => {
		const [r, g, b] = c.map((x) => (x /= 255) <= .03928 ? x / 12.92 : ((x + .055) / 1.055) ** 2.4);
		return .2126 * r + .7152 * g + .0722 * b;
	};
	const bad = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	let seen = 0;
	while (walk.nextNode()) {
		const e = walk.currentNode.parentElement, style = getComputedStyle(e);
		if (!walk.currentNode.data.trim() || e.getClientRects().length == 0) continue;
		let back = e;
		while (back && rgba(getComputedStyle(back).backgroundColor)[3] == 0) back = back.parentElement;
		const front = rgba(e instanceof SVGElement ? style.fill : style.color);
		const behind = rgba(back ? getComputedStyle(back).backgroundColor : "rgb(255, 255, 255)");
		const [one, two] = [front, behind].map((c) => light(c.slice(0, 3)));
		const ratio = (Math.max(one, two) + .05) / (Math.min(one, two) + .05);
		seen++;
		if (ratio < 4.5) bad.push(ratio.toFixed(2) + ": " + walk.currentNode.data);
	}
	return seen < 100 ? ["only " + seen + " texts seen"] : bad;
})()`

// TestReadable looks at sheets on a telephone, a tablet and a desk.
func TestReadable(t *testing.T) {
	t.Parallel()
	n := abre(t)
	for name, h := range hojas(t) {
		for _, width := range []int{360, 768, 1280} {
			n.ve(escribe(t, h), width)
			var bad []string
			n.evalua(asomos, &bad)
			if len(bad) > 0 {
				t.Errorf("%s, %d px: %s", name, width, strings.Join(bad, "\n"))
			}
			n.evalua(palidos, &bad)
			if len(bad) > 0 {
				t.Errorf("%s, %d px, contrast: %s", name, width, strings.Join(bad, "\n"))
			}
		}
	}
}
