import Primitives

extension Setting {
    /// `[exchange]`: who runs it, and what one member may ask of it.
    package enum Exchange {
        /// Host name in the log. It has no default.
        package static let origin = SettingKey<String>(
            ("exchange", "origin"),
            .requiredText,
            exchange: .text(""),
            gateway: nil
        ) { if case .text(let text) = $0 { text } else { nil } }.untilRestart
        package static let `operator` = text(("exchange", "operator"), exchange: "", gateway: nil)
        package static let telephone = text(("exchange", "telephone"), exchange: "", gateway: nil)
        package static let bodiesAfterEnd = duration(
            ("exchange", "bodies_after_end"),
            Limits.bodiesAfterEnd,
            .days(1)...(.days(400)),
            [.exchange]
        )
        package static let maximumMessage = bytes(
            ("exchange", "max_message"),
            Limits.messageBytesAllowed,
            (4 << 20)...Limits.messageBytes,
            [.exchange]
        )
        package static let memberRequests = rate("member_requests", 60)
        package static let memberMessages = rate("member_messages", 20)
        package static let memberBytes = key(
            ("exchange", "member_bytes"),
            .bytesADay((1 << 20)...(1 << 40)),
            .bytesADay(10 << 30),
            [.exchange]
        ) { if case .bytesADay(let bytes) = $0 { bytes } else { nil } }
        package static let pairMessages = integer(
            ("exchange", "pair_messages"),
            2000,
            1...1_000_000,
            [.exchange]
        )
        package static let pairBytes = bytes(
            ("exchange", "pair_bytes"),
            512 << 20,
            (4 << 20)...(1 << 40),
            [.exchange]
        )
        package static let openChunks = bytes(
            ("exchange", "open_chunks"),
            2 << 30,
            (4 << 20)...(1 << 40),
            [.exchange]
        )

        static let rows: [SettingRow] = [
            origin.row, `operator`.row, telephone.row, bodiesAfterEnd.row, maximumMessage.row,
            memberRequests.row, memberMessages.row, memberBytes.row, pairMessages.row,
            pairBytes.row, openChunks.row,
        ]

        private static func rate(_ name: String, _ value: Int) -> SettingKey<Int> {
            key(("exchange", name), .rate(1...10_000), .rate(value), [.exchange]) {
                if case .rate(let count) = $0 { count } else { nil }
            }
        }
    }

    /// `[ca]`: how often lists come, and how long lists and codes are good.
    package enum Authority {
        package static let listEvery = life("crl_every", .hours(1), .minutes(1)...(.hours(24)))
        package static let listLife = life("crl_life", .hours(72), .hours(1)...(.days(30)))
        package static let enrolmentCode = life(
            "enrolment_code",
            Limits.joiningCode,
            .minutes(10)...Limits.joiningCode
        )

        static let rows: [SettingRow] = [
            listEvery.row, listLife.row, enrolmentCode.row,
        ]

        private static func life(
            _ name: String,
            _ value: Duration,
            _ range: ClosedRange<Duration>
        ) -> SettingKey<Duration> {
            duration(("ca", name), value, range, [.exchange])
        }
    }

    /// `[gateway]`: the exchange it speaks to, whom it trusts, how long a sheet is held.
    package enum Gateway {
        package static let exchange = text(("gateway", "exchange"), exchange: nil, gateway: "")
            .untilRestart
        package static let trust = text(
            ("gateway", "trust"),
            exchange: nil,
            gateway: "/etc/renkei/trust"
        ).untilRestart
        package static let hold = duration(
            ("gateway", "hold"),
            .seconds(60),
            .zero...(.minutes(10)),
            [.gateway]
        )

        static let rows: [SettingRow] = [exchange.row, trust.row, hold.row]
    }

    /// `[token]`: the PKCS #11 token that holds the storage keys of a gateway. Without a module
    /// they are in files.
    package enum Token {
        package static let module = own("module", "")
        package static let label = own("label", "renkei")
        /// Its first line is the PIN; unless named, the credential `token-pin` has it.
        package static let pinFile = own("pin_file", "")

        static let rows: [SettingRow] = [module.row, label.row, pinFile.row]

        private static func own(_ name: String, _ value: String) -> SettingKey<String> {
            text(("token", name), exchange: nil, gateway: value).untilRestart
        }
    }

    /// `[notices]`: mail that tells people to look at the pages. Without a server there is none.
    package enum Notices {
        /// `smtps://host[:port]` or `smtp://host[:port]`.
        package static let server = own("server")
        package static let from = own("from")
        package static let user = own("user")
        /// Its first line is the password.
        package static let passwordFile = own("password_file")

        static let rows: [SettingRow] = [server.row, from.row, user.row, passwordFile.row]

        private static func own(_ name: String) -> SettingKey<String> {
            text(("notices", name), exchange: nil, gateway: "").untilRestart
        }
    }

    /// `[pages]`: the staff pages of a gateway. Without an address there are none.
    package enum Pages {
        package static let address = SettingKey<ListenAddress?>(
            ("pages", "address"),
            .addressOrNone,
            exchange: nil,
            gateway: .text("")
        ) { value in
            switch value {
            case .address(let address): .some(address)
            case .text: .some(nil)
            default: nil
            }
        }.untilRestart
        package static let name = own("name", "localhost")
        /// Where browsers find them, if not at this name and port: behind another server.
        package static let origin = own("origin", "")
        /// PEM files of a public authority, leaf first; read again when they change.
        package static let certificate = own("certificate", "")
        package static let key = own("key", "")

        static let rows: [SettingRow] = [
            address.row, name.row, origin.row, certificate.row, key.row,
        ]

        private static func own(_ name: String, _ value: String) -> SettingKey<String> {
            text(("pages", name), exchange: nil, gateway: value).untilRestart
        }
    }
}
