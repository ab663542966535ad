CREATE TABLE label (label_id int PRIMARY KEY);
