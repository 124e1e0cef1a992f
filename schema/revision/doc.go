// Package revision checks a file that lies on a disk, outside the exchange: all that is
// wrong in it at once, where that stands, and the RCH that the gateway would answer. By
// which rules is the caller's.
package revision
