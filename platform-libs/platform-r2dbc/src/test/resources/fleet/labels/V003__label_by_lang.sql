CREATE INDEX CONCURRENTLY label_by_lang ON label (lang);
