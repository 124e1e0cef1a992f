package gateway

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"buzon/config"
	"buzon/exchange/respaldo"
	"buzon/store"
)

// Backup brings the backup in a folder up to date with the data of a configuration, which
// was read from file; the daemon may be at work. With keys the private keys and passwords
// that it names go with it.
func Backup(ctx context.Context, cfg *config.Config, file, dir string, keys bool,
	now time.Time) (respaldo.Indice, error) {
	all := []string{file, cfg.Roll.File}
	if c := cfg.Catalogs; c != nil {
		all = append(all, c.Municipios, c.Causas, c.CP)
	}
	if keys {
		all = append(append(all, cfg.Seal.Key), cfg.Server.HostKeys...)
		if r := cfg.Source.Remote; r != nil {
			all = append(all, r.Key, r.PasswordFile)
		}
		for _, r := range cfg.RemoteUNEs {
			all = append(all, r.Key, r.PasswordFile)
		}
	}
	root, err := filepath.Abs(filepath.Dir(file))
	if err != nil {
		return respaldo.Indice{}, err
	}
	files := map[string]string{}
	for _, f := range all {
		if f == "" {
			continue
		}
		if f, err = filepath.Abs(f); err != nil {
			return respaldo.Indice{}, err
		}
		name, err := filepath.Rel(root, f)
		if err != nil || strings.HasPrefix(name, "..") {
			name = filepath.Base(f)
		}
		if was, used := files[name]; used && was != f {
			return respaldo.Indice{}, fmt.Errorf("%s and %s would both be config/%s in the backup", was, f,
				name)
		}
		files[name] = f
	}
	if err := foldersThere(ctx, cfg.Data); err != nil {
		return respaldo.Indice{}, fmt.Errorf("backup into %s: %w", dir, err)
	}
	x, err := respaldo.Backup(ctx, cfg.Data, dir, files, now)
	if err != nil {
		return x, fmt.Errorf("backup into %s: %w", dir, err)
	}
	return x, nil
}

// foldersThere is an error where a folder of the store's is not mounted: a backup of that
// would have no contents.
func foldersThere(ctx context.Context, data string) (err error) {
	st, err := store.OpenReadOnly(StorePath(data))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	return st.View(ctx, func(v *store.View) error { return CheckFolders(v, data) })
}
