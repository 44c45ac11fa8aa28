import Primitives
import TestKit
import Testing

@testable import Configuration

@Suite struct SettingsTests {
    private func gateway(_ texts: String...) throws(ConfigurationError) -> Settings {
        let files = texts.enumerated().map { (name: "\($0.offset).toml", text: $0.element.bytes) }
        return try Settings(kind: .gateway, files: files)
    }

    @Test func `without a file every option has its default`() throws {
        let settings = try Settings(kind: .gateway, files: [])
        #expect(settings[Setting.data] == "/var/lib/renkei/gateway")
        #expect(settings[Setting.drain] == .seconds(30))
        #expect(settings[Setting.apiAddress] == ListenAddress("127.0.0.1:8441"))
        #expect(settings[Setting.apiNames].isEmpty)
        #expect(settings[Setting.Limit.connections] == 10_000)
        #expect(settings[Setting.Gateway.hold] == .seconds(60))
        #expect(settings.effective.allSatisfy { $0.origin == .default })
    }

    @Test func `values of every form are read`() throws {
        let text = """
            [service]
            data = "/srv/renkei"
            drain = "2min"
            [listen.api]
            address = "[::1]:443"
            names = ["a.example", "b.example"]
            [limits]
            head_bytes = "32KiB"
            field_count = 100
            [exchange]
            origin = "log.example"
            member_requests = "100/s"
            member_bytes = "5GiB/day"
            [ca]
            crl_life = "10d"
            """
        let settings = try Settings(kind: .exchange, files: [(name: "e.toml", text: text.bytes)])
        #expect(settings[Setting.data] == "/srv/renkei")
        #expect(settings[Setting.drain] == .minutes(2))
        #expect(settings[Setting.apiAddress].host == "::1")
        #expect(settings[Setting.apiAddress].port == 443)
        #expect(settings[Setting.apiNames] == ["a.example", "b.example"])
        #expect(settings[Setting.Limit.head] == 32 * 1024)
        #expect(settings[Setting.Limit.fieldCount] == 100)
        #expect(settings[Setting.Exchange.origin] == "log.example")
        #expect(settings[Setting.Exchange.memberRequests] == 100)
        #expect(settings[Setting.Exchange.memberBytes] == 5 << 30)
        #expect(settings[Setting.Authority.listLife] == .days(10))
        #expect(settings[Setting.Authority.listEvery] == .hours(1))
    }

    @Test func `later files win, and each value knows its place`() throws {
        let settings = try gateway(
            "[service]\ndrain = \"10s\"\nlanguage = \"en\"\n",
            "\n[service]\n  drain = \"20s\"\n"
        )
        #expect(settings[Setting.drain] == .seconds(20))
        #expect(settings[Setting.language] == "en")
        let origins = settings.effective.filter { $0.origin != .default }.map { line in
            "\(line.row.name) = \(line.value.canonicalText) \(line.origin)"
        }
        #expect(
            origins == ["service.language = \"en\" 0.toml:3", "service.drain = \"20s\" 1.toml:3"]
        )
    }

    @Test(arguments: [
        (
            "[service]\ndrian = \"1s\"", 2, 1,
            ConfigurationError.Reason.unknownKey("drian", nearest: "drain")
        ),
        ("[service]\nxyz = 1", 2, 1, .unknownKey("xyz", nearest: nil)),
        ("[gateway]\ndrain = \"1s\"", 2, 1, .unknownKey("drain", nearest: "service.drain")),
        ("drain = \"1s\"", 1, 1, .unknownKey("drain", nearest: "service.drain")),
        ("[servcie]\ndrain = \"1s\"", 1, 2, .unknownSection("servcie", nearest: "service")),
        ("[zzz]", 1, 2, .unknownSection("zzz", nearest: nil)),
        ("[listen.apl]", 1, 9, .unknownSection("listen.apl", nearest: "listen.api")),
        ("[exchange]\norigin = \"x\"", 1, 2, .unknownSection("exchange", nearest: nil)),
        ("[listen]\naddress = 1", 2, 1, .unknownKey("address", nearest: "listen.api.address")),
        ("[[listen.api]]", 1, 10, .unknownKey("api", nearest: nil)),
    ])
    func `an unknown word is named with the nearest known one`(
        _ text: String,
        _ line: Int,
        _ column: Int,
        _ reason: ConfigurationError.Reason
    ) {
        let place = SettingPlace(file: "0.toml", line: line, column: column)
        #expect(throws: ConfigurationError(reason, at: place)) { try gateway(text) }
    }

    @Test(arguments: [
        "[service]\ndrain = 30", "[service]\ndrain = \"30\"", "[service]\ndrain = \"0s\"",
        "[service]\ndrain = \"11min\"", "[service]\ndrain = \"1.5s\"", "[service]\ndata = true",
        "[service]\nlanguage = \"fr\"", "[listen.api]\naddress = \"8443\"",
        "[listen.api]\naddress = \"a:65536\"", "[listen.api]\naddress = \"::1:80\"",
        "[listen.api]\naddress = \":80\"", "[listen.api]\nnames = \"a\"",
        "[listen.api]\nnames = [1]", "[limits]\nhandlers = 0", "[limits]\nhandlers = 1.0",
        "[limits]\nhandlers = \"4\"", "[limits]\nhead_bytes = 4096",
        "[limits]\nhead_bytes = \"1MB\"", "[limits]\nhead_bytes = \"65KiB\"",
        "[gateway]\nhold = 1979-05-27", "[gateway]\nhold = \"99999999999999999d\"",
    ])
    func `a value that does not fit is refused at its place`(_ text: String) throws {
        let error = #expect(throws: ConfigurationError.self) { try gateway(text) }
        guard case .unfit(let name, let form) = error?.reason else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(error?.place.line == 2)
        #expect(error?.place.column ?? 0 > 7)
        #expect(error?.summary.hasSuffix("\(name) must be \(form).") == true)
    }

    @Test(arguments: [
        ("a = ", 1), ("[service]\ndrain = \"1s\"\ndrain = \"2s\"", 3), ("[service]\n[service]", 2),
        ("x = \"\u{1}\"", 1), ("\n\nx = 'a", 3),
    ])
    func `what is not TOML is refused with its line`(_ text: String, _ line: Int) {
        let error = #expect(throws: ConfigurationError.self) { try gateway(text) }
        guard case .syntax(let words) = error?.reason else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(!words.isEmpty)
        #expect(error?.place.line == line)
    }

    @Test(arguments: [
        "[[[", "[[[a]]]", "[[", "a.[", "a = [[[", "\"\"\"\"\"\"\"", "a = {,}", "[a.]",
    ])
    func `brackets that nothing closes are refused`(_ text: String) {
        #expect(throws: ConfigurationError.self) { try gateway(text) }
    }

    @Test func `no text ends the program, whatever it is made of`() {
        let random = SeededRandom(seed: 4)
        let pieces = [
            "[", "]", "{", "}", "=", ".", ",", "\"", "'", "\"\"\"", "'''", "#", "\n", " ", "\\",
            "\\u",
            "service", "drain", "1", "-", "+", "_", "0x", "e", ":", "1979-05-27T07:32:00Z", "true",
            "é",
            "\u{0}", "\u{7f}", "inf",
        ]
        var refused = 0
        for _ in 0..<20_000 {
            let count = Int(random.number(below: 12)) + 1
            let text = (0..<count).map { _ in
                pieces[Int(random.number(below: UInt64(pieces.count)))]
            }.joined()
            do throws(ConfigurationError) { _ = try gateway(text) } catch { refused += 1 }
        }
        #expect(refused > 10_000)
    }

    @Test func `bytes that are no text are refused`() {
        let file = (name: "x", text: [0x61, 0x3D, 0x22, 0xFF, 0x22] as [UInt8])
        #expect(throws: ConfigurationError.self) { try Settings(kind: .gateway, files: [file]) }
    }

    @Test func `a file at the limit is read, one above it is not`() throws {
        let blanks = { (count: Int) in String(repeating: " ", count: count) }
        _ = try gateway(blanks(SettingsReader.maximumBytes))
        let error = #expect(throws: ConfigurationError.self) {
            try gateway(blanks(SettingsReader.maximumBytes + 1))
        }
        #expect(error?.reason == .tooLarge)
    }

    @Test func `deep nesting is refused`() {
        let text = "a = " + String(repeating: "[", count: 200) + String(repeating: "]", count: 200)
        #expect(throws: ConfigurationError.self) { try gateway(text) }
    }

    @Test func `an option without default must be given`() {
        let error = #expect(throws: ConfigurationError.self) {
            try Settings(kind: .exchange, files: [(name: "e.toml", text: [])])
        }
        #expect(error?.reason == .missing("exchange.origin"))
        #expect(error?.summary == "e.toml: exchange.origin is missing.")
    }

    @Test func `a change that waits for a restart is named`() throws {
        let old = try gateway("")
        let new = try gateway("[service]\ndata = \"/x\"\ndrain = \"5s\"")
        #expect(old.restartNeeded(for: new).map(\.name) == ["service.data"])
        #expect(old.restartNeeded(for: old).isEmpty)
    }
}
