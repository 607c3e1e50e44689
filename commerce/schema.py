"""Knows the tables of the database, one migration after the other. Knows no question asked of them. PURE."""

from __future__ import annotations

APPLICATION = 0x566F7863
"""What SQLite calls the application id: a file without it is another program's."""

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        "CREATE TABLE products (shop TEXT, id TEXT, price INTEGER NOT NULL, stock INTEGER CHECK (stock >= 0),"
        " PRIMARY KEY (shop, id)) WITHOUT ROWID",
        "CREATE TABLE carts (id TEXT PRIMARY KEY, head INTEGER NOT NULL, revision INTEGER NOT NULL,"
        " next_line INTEGER NOT NULL)",
        "CREATE TABLE cart_versions (cart TEXT REFERENCES carts (id), version INTEGER, body TEXT NOT NULL,"
        " PRIMARY KEY (cart, version)) WITHOUT ROWID",
        "CREATE TABLE quotes (id TEXT PRIMARY KEY, cart TEXT NOT NULL REFERENCES carts (id), revision INTEGER NOT NULL,"
        " customer TEXT, body TEXT NOT NULL, made TEXT NOT NULL)",
        "CREATE TABLE confirmations (quote TEXT PRIMARY KEY REFERENCES quotes (id), cart_hash TEXT NOT NULL,"
        " expires TEXT NOT NULL, used TEXT)",
        "CREATE TABLE customers (id TEXT PRIMARY KEY, phone TEXT NOT NULL UNIQUE, name TEXT NOT NULL,"
        " pin_hash TEXT NOT NULL, order_limit TEXT, made TEXT NOT NULL)",
        "CREATE TABLE orders (number TEXT PRIMARY KEY, shop TEXT NOT NULL, key TEXT NOT NULL UNIQUE,"
        " quote TEXT NOT NULL UNIQUE REFERENCES quotes (id), customer TEXT REFERENCES customers (id),"
        " status TEXT NOT NULL, currency TEXT NOT NULL, total INTEGER NOT NULL, placed TEXT NOT NULL)",
        "CREATE TABLE order_lines (number TEXT REFERENCES orders (number), line INTEGER, product TEXT NOT NULL,"
        " quantity INTEGER NOT NULL CHECK (quantity > 0), options TEXT NOT NULL, unit_price INTEGER NOT NULL,"
        " total INTEGER NOT NULL, PRIMARY KEY (number, line)) WITHOUT ROWID",
        "CREATE TABLE pin_locks (customer TEXT PRIMARY KEY, tries INTEGER NOT NULL, locks INTEGER NOT NULL,"
        " until TEXT)",
        "CREATE TABLE pin_checks (id TEXT PRIMARY KEY, key TEXT NOT NULL UNIQUE, digest TEXT NOT NULL,"
        " customer TEXT NOT NULL, call TEXT NOT NULL, try INTEGER NOT NULL, at TEXT NOT NULL, accepted INTEGER,"
        " used TEXT)",
        "CREATE TABLE unclear_pins (call TEXT PRIMARY KEY, count INTEGER NOT NULL)",
        "CREATE TABLE tickets (number TEXT PRIMARY KEY, call TEXT NOT NULL, reason TEXT NOT NULL,"
        " summary TEXT NOT NULL, opened TEXT NOT NULL)",
        "CREATE TABLE commands (key TEXT PRIMARY KEY, digest TEXT NOT NULL, outcome TEXT NOT NULL, at TEXT NOT NULL)",
        "CREATE TABLE events (sequence INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, call TEXT NOT NULL,"
        " turn TEXT NOT NULL, kind TEXT NOT NULL, payload TEXT NOT NULL)",
        "CREATE INDEX events_of_call ON events (call, sequence)",
    ),
    ("CREATE INDEX quotes_of_cart ON quotes (cart)",),
    (
        "ALTER TABLE carts ADD COLUMN shop TEXT",
        "ALTER TABLE carts ADD COLUMN caller TEXT",
        "ALTER TABLE carts ADD COLUMN changed TEXT",
        "CREATE INDEX carts_of_caller ON carts (caller, shop, changed) WHERE caller IS NOT NULL",
    ),
    ("ALTER TABLE tickets ADD COLUMN closed TEXT",),
    (
        "CREATE TABLE lists (shop TEXT, household TEXT, body TEXT NOT NULL, next_line INTEGER NOT NULL,"
        " changed TEXT NOT NULL, PRIMARY KEY (shop, household)) WITHOUT ROWID",
        "ALTER TABLE customers ADD COLUMN household TEXT",
        "CREATE INDEX customers_of_household ON customers (household) WHERE household IS NOT NULL",
    ),
    (
        "CREATE TABLE pin_parts (customer TEXT, positions TEXT, hash TEXT NOT NULL, PRIMARY KEY (customer, positions))"
        " WITHOUT ROWID",
        "CREATE TABLE pin_questions (customer TEXT PRIMARY KEY, positions TEXT NOT NULL) WITHOUT ROWID",
        "CREATE TABLE second_factors (customer TEXT PRIMARY KEY, secret TEXT NOT NULL, step INTEGER NOT NULL,"
        " made TEXT NOT NULL) WITHOUT ROWID",
        "ALTER TABLE pin_checks ADD COLUMN second TEXT",
        "ALTER TABLE customers ADD COLUMN language TEXT",
    ),
    (
        "ALTER TABLE orders ADD COLUMN changed TEXT",
        "CREATE INDEX orders_of_customer ON orders (customer, shop, placed) WHERE customer IS NOT NULL",
    ),
    (
        "CREATE TABLE ratings (call TEXT PRIMARY KEY, rating INTEGER NOT NULL CHECK (rating BETWEEN 1 AND 5),"
        " at TEXT NOT NULL) WITHOUT ROWID",
        "CREATE TABLE ages (cart TEXT, age INTEGER, old_enough INTEGER NOT NULL, at TEXT NOT NULL,"
        " PRIMARY KEY (cart, age)) WITHOUT ROWID",
    ),
    (
        "CREATE TABLE receipts (sequence INTEGER PRIMARY KEY AUTOINCREMENT, shop TEXT NOT NULL, number TEXT NOT NULL"
        " UNIQUE, body TEXT NOT NULL, before TEXT NOT NULL, hash TEXT NOT NULL, signature TEXT NOT NULL)",
        "ALTER TABLE orders ADD COLUMN unwitnessed INTEGER",
        "UPDATE orders SET unwitnessed = 1",
    ),
    (
        "CREATE TABLE consents (sequence INTEGER PRIMARY KEY AUTOINCREMENT, customer TEXT NOT NULL,"
        " purpose TEXT NOT NULL, given INTEGER NOT NULL, how TEXT NOT NULL, at TEXT NOT NULL)",
        "CREATE INDEX consents_of_customer ON consents (customer, purpose, sequence)",
        "CREATE TABLE alerts (number INTEGER PRIMARY KEY AUTOINCREMENT, shop TEXT NOT NULL, product TEXT NOT NULL,"
        " phone TEXT NOT NULL, call TEXT NOT NULL, asked TEXT NOT NULL, UNIQUE (shop, product, phone))",
        "CREATE TABLE reminders (cart TEXT, tier INTEGER, at TEXT NOT NULL, PRIMARY KEY (cart, tier)) WITHOUT ROWID",
    ),
    (
        "CREATE TABLE outbox (sequence INTEGER PRIMARY KEY AUTOINCREMENT, shop TEXT NOT NULL, number TEXT NOT NULL"
        " REFERENCES orders (number), kind TEXT NOT NULL, tries INTEGER NOT NULL DEFAULT 0, due TEXT NOT NULL,"
        " done TEXT, reference TEXT, refused TEXT, UNIQUE (number, kind))",
        "ALTER TABLE products ADD COLUMN withdrawn INTEGER",
        "CREATE INDEX outbox_open ON outbox (shop, sequence) WHERE done IS NULL",
        "CREATE TABLE taken_orders (shop TEXT, number TEXT, body TEXT NOT NULL, status TEXT NOT NULL,"
        " PRIMARY KEY (shop, number)) WITHOUT ROWID",
    ),
    (
        "CREATE TABLE returns (number TEXT PRIMARY KEY, shop TEXT NOT NULL,"
        " of TEXT NOT NULL REFERENCES orders (number), reason TEXT NOT NULL, said TEXT NOT NULL,"
        " exchange INTEGER NOT NULL, way TEXT NOT NULL, currency TEXT NOT NULL, refund INTEGER NOT NULL"
        " CHECK (refund >= 0), made TEXT NOT NULL, done TEXT)",
        "CREATE INDEX returns_of_order ON returns (of)",
        "CREATE TABLE return_lines (number TEXT REFERENCES returns (number), line INTEGER,"
        " quantity INTEGER NOT NULL CHECK (quantity > 0), PRIMARY KEY (number, line)) WITHOUT ROWID",
    ),
    (
        "CREATE TABLE complaints (number TEXT PRIMARY KEY, shop TEXT NOT NULL, call TEXT NOT NULL, caller TEXT,"
        " customer TEXT, of TEXT, reason TEXT NOT NULL, said TEXT NOT NULL, opened TEXT NOT NULL,"
        " promised TEXT NOT NULL, answer TEXT, answered TEXT)",
        "CREATE TABLE goodwill (code TEXT PRIMARY KEY, shop TEXT NOT NULL, customer TEXT NOT NULL,"
        " currency TEXT NOT NULL, amount INTEGER NOT NULL CHECK (amount > 0), reason TEXT NOT NULL,"
        " complaint TEXT UNIQUE, made TEXT NOT NULL, used TEXT)",
    ),
    (
        "CREATE TABLE cart_terms (cart TEXT PRIMARY KEY, coupon TEXT, changed TEXT NOT NULL) WITHOUT ROWID",
        "CREATE TABLE order_terms (number TEXT PRIMARY KEY REFERENCES orders (number), coupon TEXT,"
        " discount INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID",
    ),
    (
        "ALTER TABLE customers ADD COLUMN email TEXT",
        "CREATE TABLE notices (sequence INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, shop TEXT NOT NULL,"
        " kind TEXT NOT NULL, number TEXT NOT NULL, state TEXT NOT NULL, at TEXT NOT NULL, due TEXT,"
        " tries INTEGER NOT NULL DEFAULT 0, hooked TEXT, mailed TEXT, over TEXT, ended TEXT)",
        "CREATE INDEX notices_waiting ON notices (shop, due) WHERE over IS NULL",
        "CREATE TRIGGER order_notice AFTER UPDATE OF status ON orders WHEN OLD.status <> NEW.status BEGIN"
        " INSERT INTO notices (id, shop, kind, number, state, at) VALUES (lower(hex(randomblob(16))), NEW.shop,"
        " 'order', NEW.number, NEW.status, iif(NEW.changed IS NOT OLD.changed, NEW.changed,"
        " strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now'))); END",
        "CREATE TRIGGER return_notice AFTER INSERT ON returns BEGIN"
        " INSERT INTO notices (id, shop, kind, number, state, at) VALUES (lower(hex(randomblob(16))), NEW.shop,"
        " 'return', NEW.number, 'accepted', NEW.made); END",
        "CREATE TRIGGER complaint_notice AFTER UPDATE OF answered ON complaints"
        " WHEN OLD.answered IS NULL AND NEW.answered IS NOT NULL BEGIN"
        " INSERT INTO notices (id, shop, kind, number, state, at) VALUES (lower(hex(randomblob(16))), NEW.shop,"
        " 'complaint', NEW.number, 'answered', NEW.answered); END",
    ),
    ("CREATE TABLE comments (call TEXT PRIMARY KEY, said TEXT NOT NULL, at TEXT NOT NULL) WITHOUT ROWID",),
    ("ALTER TABLE confirmations ADD COLUMN spoken TEXT",),
    (
        "CREATE TABLE moved_lists (cart TEXT, version INTEGER, household TEXT NOT NULL, lines TEXT NOT NULL,"
        " PRIMARY KEY (cart, version),"
        " FOREIGN KEY (cart, version) REFERENCES cart_versions (cart, version) ON DELETE CASCADE) WITHOUT ROWID",
    ),
    (
        "ALTER TABLE cart_terms ADD COLUMN handover TEXT",
        "ALTER TABLE cart_terms ADD COLUMN pins INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE order_terms ADD COLUMN fee INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE order_terms ADD COLUMN handover TEXT",
        "CREATE TABLE addresses (customer TEXT, postcode TEXT, street TEXT, house TEXT, used TEXT NOT NULL,"
        " PRIMARY KEY (customer, postcode, street, house)) WITHOUT ROWID",
    ),
    (
        "ALTER TABLE tickets ADD COLUMN phone TEXT",
        "CREATE TABLE preferences (customer TEXT, about TEXT, value TEXT, made TEXT NOT NULL,"
        " PRIMARY KEY (customer, about, value)) WITHOUT ROWID",
    ),
    (
        "ALTER TABLE cart_terms ADD COLUMN payment TEXT",
        "ALTER TABLE order_terms ADD COLUMN payment TEXT",
        "ALTER TABLE customers ADD COLUMN invoice TEXT",
        "CREATE TABLE cards (customer TEXT PRIMARY KEY, payer TEXT NOT NULL, method TEXT NOT NULL, brand TEXT NOT NULL,"
        " last4 TEXT NOT NULL, made TEXT NOT NULL) WITHOUT ROWID",
        "CREATE TABLE payments (id TEXT PRIMARY KEY, shop TEXT NOT NULL, quote TEXT NOT NULL,"
        " number TEXT UNIQUE REFERENCES orders (number), customer TEXT, way TEXT NOT NULL, state TEXT NOT NULL,"
        " currency TEXT NOT NULL, amount INTEGER NOT NULL CHECK (amount > 0), captured INTEGER NOT NULL DEFAULT 0,"
        " refunded INTEGER NOT NULL DEFAULT 0, payer TEXT, method TEXT, phone TEXT, reference TEXT, url TEXT, due TEXT,"
        " made TEXT NOT NULL, CHECK (0 <= refunded AND refunded <= captured AND captured <= amount)) WITHOUT ROWID",
        "CREATE INDEX payments_of_quote ON payments (quote)",
        "CREATE TABLE payment_tasks (sequence INTEGER PRIMARY KEY AUTOINCREMENT, payment TEXT NOT NULL"
        " REFERENCES payments (id), kind TEXT NOT NULL, key TEXT NOT NULL UNIQUE, amount INTEGER,"
        " tries INTEGER NOT NULL DEFAULT 0, due TEXT NOT NULL, done TEXT, failed TEXT)",
        "CREATE INDEX payment_tasks_open ON payment_tasks (payment, sequence) WHERE done IS NULL",
        "CREATE TABLE payment_events (id TEXT PRIMARY KEY, at TEXT NOT NULL) WITHOUT ROWID",
    ),
)
