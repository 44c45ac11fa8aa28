import Primitives

/// The table of options. An option stands here only when the program honours it.
package enum Setting {
    // [service]
    package static let data = text(
        ("service", "data"),
        exchange: "/var/lib/renkei/exchange",
        gateway: "/var/lib/renkei/gateway"
    ).untilRestart
    package static let language = choice(("service", "language"), ["ja", "en"])
    package static let drain = duration(
        ("service", "drain"),
        Limits.drain,
        .seconds(1)...(.minutes(10))
    )

    // [listen.…]
    package static let apiAddress = address(
        ("listen.api", "address"),
        exchange: "0.0.0.0:8443",
        gateway: "127.0.0.1:8441"
    ).untilRestart
    package static let apiNames = texts(("listen.api", "names")).untilRestart
    package static let operationsAddress = address(
        ("listen.operations", "address"),
        exchange: "127.0.0.1:9440",
        gateway: "127.0.0.1:9441"
    ).untilRestart

    // [keys], [log], [audit]
    /// The name of the service manager's credential that unlocks the keys.
    package static let credential = text(
        ("keys", "credential"),
        exchange: "unlock",
        gateway: "unlock"
    ).untilRestart
    package static let logLevel = choice(
        ("log", "level"),
        ["info", "debug", "warning", "error"]
    )
    package static let checkpointEvery = duration(
        ("audit", "checkpoint_every"),
        .seconds(60),
        .seconds(1)...(.hours(1))
    )

    /// Every option of a service, in the order they are shown.
    package static func rows(_ kind: ServiceKind) -> [SettingRow] {
        all.filter { $0.defaultValue(kind) != nil }
    }

    private static let all: [SettingRow] =
        [
            data.row, language.row, drain.row, apiAddress.row, apiNames.row,
            operationsAddress.row,
        ] + Limit.rows + [credential.row, logLevel.row, checkpointEvery.row]
        + Exchange.rows + Authority.rows + Gateway.rows + Token.rows + Pages.rows
        + Notices.rows + Backup.rows
}

extension Setting {
    static func text(
        _ name: (section: String, key: String),
        exchange: String?,
        gateway: String?
    ) -> SettingKey<String> {
        SettingKey(
            name,
            .text,
            exchange: exchange.map(SettingValue.text),
            gateway: gateway.map(SettingValue.text)
        ) { if case .text(let text) = $0 { text } else { nil } }
    }

    static func texts(_ name: (section: String, key: String)) -> SettingKey<[String]> {
        SettingKey(name, .texts, exchange: .texts([]), gateway: .texts([])) {
            if case .texts(let texts) = $0 { texts } else { nil }
        }
    }

    /// The first word is the default.
    static func choice(
        _ name: (section: String, key: String),
        _ words: [String]
    ) -> SettingKey<String> {
        SettingKey(name, .choice(words), exchange: .text(words[0]), gateway: .text(words[0])) {
            if case .text(let text) = $0 { text } else { nil }
        }
    }

    static func address(
        _ name: (section: String, key: String),
        exchange: String,
        gateway: String
    ) -> SettingKey<ListenAddress> {
        SettingKey(
            name,
            .address,
            exchange: ListenAddress(exchange).map(SettingValue.address),
            gateway: ListenAddress(gateway).map(SettingValue.address)
        ) { if case .address(let address) = $0 { address } else { nil } }
    }

    /// `kinds` are the services that have the option.
    static func duration(
        _ name: (section: String, key: String),
        _ value: Duration,
        _ range: ClosedRange<Duration>,
        _ kinds: [ServiceKind] = ServiceKind.allCases
    ) -> SettingKey<Duration> {
        key(name, .duration(range), .duration(value), kinds) {
            if case .duration(let duration) = $0 { duration } else { nil }
        }
    }

    static func integer(
        _ name: (section: String, key: String),
        _ value: Int,
        _ range: ClosedRange<Int>,
        _ kinds: [ServiceKind] = ServiceKind.allCases
    ) -> SettingKey<Int> {
        key(name, .integer(range), .integer(value), kinds) {
            if case .integer(let number) = $0 { number } else { nil }
        }
    }

    static func bytes(
        _ name: (section: String, key: String),
        _ value: Int,
        _ range: ClosedRange<Int>,
        _ kinds: [ServiceKind] = ServiceKind.allCases
    ) -> SettingKey<Int> {
        key(name, .bytes(range), .bytes(value), kinds) {
            if case .bytes(let bytes) = $0 { bytes } else { nil }
        }
    }

    static func key<Value>(
        _ name: (section: String, key: String),
        _ form: SettingForm,
        _ value: SettingValue,
        _ kinds: [ServiceKind],
        _ read: @escaping @Sendable (SettingValue) -> Value?
    ) -> SettingKey<Value> {
        SettingKey(
            name,
            form,
            exchange: kinds.contains(.exchange) ? value : nil,
            gateway: kinds.contains(.gateway) ? value : nil,
            read
        )
    }
}
