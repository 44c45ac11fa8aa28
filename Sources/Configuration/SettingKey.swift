/// One option: its name, its form, and its default in each kind of service.
package struct SettingRow: Sendable {
    package let section: String
    package let key: String
    package let form: SettingForm
    /// True when a change takes effect only at the next start (†).
    package let needsRestart: Bool
    let exchangeDefault: SettingValue?
    let gatewayDefault: SettingValue?

    /// `section.key`
    package var name: String { "\(section).\(key)" }

    /// Nil where the service has no such option.
    func defaultValue(_ kind: ServiceKind) -> SettingValue? {
        switch kind {
        case .exchange: exchangeDefault
        case .gateway: gatewayDefault
        }
    }
}

/// The two services that are configured.
package enum ServiceKind: String, Sendable, CaseIterable {
    case exchange, gateway
}

/// The key to read one option by, with the type of its value.
package struct SettingKey<Value: Sendable>: Sendable {
    package let row: SettingRow
    let value: @Sendable (SettingValue) -> Value?

    /// The default differs between the services, or there is none in one of them.
    init(
        _ name: (section: String, key: String),
        _ form: SettingForm,
        exchange: SettingValue?,
        gateway: SettingValue?,
        _ value: @escaping @Sendable (SettingValue) -> Value?
    ) {
        row = SettingRow(
            section: name.section,
            key: name.key,
            form: form,
            needsRestart: false,
            exchangeDefault: exchange,
            gatewayDefault: gateway
        )
        self.value = value
    }

    private init(_ row: SettingRow, _ value: @escaping @Sendable (SettingValue) -> Value?) {
        self.row = row
        self.value = value
    }

    /// The same option, marked as read at the start alone.
    var untilRestart: SettingKey {
        SettingKey(
            SettingRow(
                section: row.section,
                key: row.key,
                form: row.form,
                needsRestart: true,
                exchangeDefault: row.exchangeDefault,
                gatewayDefault: row.gatewayDefault
            ),
            value
        )
    }
}
