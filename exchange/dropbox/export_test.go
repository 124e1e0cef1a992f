package dropbox

// OnStep has tests told of the points at which a process may die.
func (t *Tree) OnStep(step func(string)) { t.step = step }

// MaxReadSpans and the others are known to tests.
const (
	MaxReadSpans    = maxReadSpans
	MaxWrittenSpans = maxWrittenSpans
)

// CheckName and IsTemporary are the rules for names.
var (
	CheckName   = checkName
	IsTemporary = isTemporary
)
