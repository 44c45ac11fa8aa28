import Primitives
import Testing

@testable import Configuration

@Suite struct FormTests {
    @Test(arguments: [
        ("0s", Duration.zero), ("5ms", .milliseconds(5)), ("90s", .seconds(90)),
        ("5m", .minutes(5)), ("5min", .minutes(5)), ("72h", .hours(72)), ("365d", .days(365)),
    ])
    func `a duration is a number and a unit`(_ text: String, _ duration: Duration) {
        #expect(Units.duration(text) == duration)
        #expect(Units.duration(Units.text(duration)) == duration)
    }

    @Test(arguments: [
        ("0B", 0), ("1000B", 1000), ("2MiB", 2 << 20), ("64KiB", 64 << 10), ("3GiB", 3 << 30),
    ])
    func `a size is a number and a unit`(_ text: String, _ bytes: Int) {
        #expect(Units.bytes(text) == bytes)
        #expect(Units.bytes(Units.text(bytes: bytes)) == bytes)
    }

    @Test(arguments: ["", "s", "30", "30 s", "-1s", "+1s", "1.5h", "30S", "30sec", "９s", "1s1s"])
    func `what is no duration is refused`(_ text: String) {
        #expect(Units.duration(text) == nil)
    }

    @Test(arguments: ["", "B", "1", "1K", "1kb", "1MB", "-1B", "9999999999GiB", "1 MiB"])
    func `what is no size is refused`(_ text: String) {
        #expect(Units.bytes(text) == nil)
    }

    @Test(arguments: ServiceKind.allCases)
    func `every default fits its own form and is written as it is read`(_ kind: ServiceKind) throws
    {
        let rows = Setting.rows(kind)
        #expect(Set(rows.map(\.name)).count == rows.count)
        for row in rows where row.form != .requiredText {
            let value = try #require(row.defaultValue(kind))
            let written: WrittenValue =
                switch value.json {
                case .string(let text): .text(text)
                case .integer(let number): .integer(Int(number))
                case .array(let elements): .texts(elements.compactMap(\.string))
                default: .other
                }
            let again = row.form.value(written)
            #expect(again?.json.canonicalText == value.json.canonicalText, "\(row.name)")
        }
    }

    @Test(arguments: ServiceKind.allCases)
    func `bounds are accepted and what lies beside them is not`(_ kind: ServiceKind) {
        for row in Setting.rows(kind) {
            guard case .integer(let range) = row.form else { continue }
            #expect(row.form.value(.integer(range.lowerBound)) != nil)
            #expect(row.form.value(.integer(range.upperBound)) != nil)
            #expect(row.form.value(.integer(range.lowerBound - 1)) == nil)
            #expect(row.form.value(.integer(range.upperBound + 1)) == nil)
        }
    }

    @Test(arguments: [
        (SettingForm.text, "a text"), (.choice(["a", "b"]), #"one of "a", "b""#),
        (.duration(.seconds(1)...(.hours(1))), #"from "1s" to "1h""#),
        (.bytes(1024...(1 << 20)), #"from "1KiB" to "1MiB""#), (.integer(1...5), "from 1 to 5"),
        (.rate(1...60), #"from "1/s" to "60/s""#),
        (.bytesADay(1...2), #"from "1B/day" to "2B/day""#),
    ])
    func `a form says what it takes`(_ form: SettingForm, _ text: String) {
        #expect(form.description == text)
    }

    @Test(arguments: [
        ("127.0.0.1:8443", "127.0.0.1", 8443), ("localhost:0", "localhost", 0),
        ("[::1]:65535", "::1", 65535),
    ])
    func `an address is a host and a port`(_ text: String, _ host: String, _ port: Int) throws {
        let address = try #require(ListenAddress(text))
        #expect(address.host == host)
        #expect(address.port == port)
        #expect(address.description == text)
    }
}
