-- Search attributes of 2048 bytes and names of messages of 256, as the HTTP contract has them; the other databases have
-- texts of any length. An index takes the beginning only.
alter table pawl_search_attributes
  drop index pawl_search_attributes_text,
  modify text_value varchar(2048),
  add index pawl_search_attributes_text (namespace, name, text_value(255));

alter table pawl_updates modify name varchar(256) not null;

alter table pawl_queries modify name varchar(256) not null;
