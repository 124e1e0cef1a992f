package tree

// CheckName and IsTemporary are the rules for names.
var (
	CheckName   = checkName
	IsTemporary = isTemporary
)
