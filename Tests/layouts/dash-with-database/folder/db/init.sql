create table visits (at timestamptz);
