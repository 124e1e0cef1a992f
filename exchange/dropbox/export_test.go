package dropbox

// MaxReadSpans is known to tests.
const MaxReadSpans = maxReadSpans
