package import Primitives

extension DERReader {
    /// Only `FF` is true and only `00` is false.
    package mutating func boolean() throws(DERRefusal) -> Bool {
        switch try primitive(.boolean) {
        case [0xFF]: return true
        case [0x00]: return false
        default: throw .badValue
        }
    }

    /// The magnitude of an INTEGER above zero, without leading zero octets.
    package mutating func positiveInteger() throws(DERRefusal) -> [UInt8] {
        var octets = try primitive(.integer)
        guard let first = octets.first, first < 0x80 else { throw .badValue }
        if first == 0 {
            guard octets.count > 1, octets[1] >= 0x80 else { throw .badValue }
            octets.removeFirst()
        }
        return octets
    }

    /// An INTEGER from 0 to 2^31 - 1.
    package mutating func smallInteger(_ tag: DERTag = .integer) throws(DERRefusal) -> Int {
        let octets = try primitive(tag)
        guard let first = octets.first, first < 0x80, octets.count <= 4 else { throw .badValue }
        if octets.count > 1, first == 0, octets[1] < 0x80 { throw .badValue }
        return octets.reduce(0) { $0 << 8 | Int($1) }
    }

    /// A BIT STRING of whole octets.
    package mutating func octetsOfBitString() throws(DERRefusal) -> [UInt8] {
        let contents = try primitive(.bitString)
        guard contents.first == 0 else { throw .badValue }
        return Array(contents.dropFirst())
    }

    package mutating func objectIdentifier() throws(DERRefusal) -> OID {
        guard let identifier = OID(contents: try primitive(.objectIdentifier)) else {
            throw .badValue
        }
        return identifier
    }

    /// A UTF8String without control characters.
    package mutating func text() throws(DERRefusal) -> String {
        guard let text = String(utf8Bytes: try primitive(.utf8String)),
            text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) }
            )
        else { throw .badValue }
        return text
    }

    /// UTCTime up to 2049 and GeneralizedTime from 2050 on, to the second (RFC 5280 §4.1.2.5).
    package mutating func time() throws(DERRefusal) -> Timestamp {
        let isShort = nextTag == .utcTime
        let digits = try primitive(isShort ? .utcTime : .generalizedTime)
        guard let time = DERTime.parse(digits, isShort: isShort) else { throw .badValue }
        guard isShort || !DERTime.isShort(time) else { throw .badValue }
        return time
    }

    /// GeneralizedTime whatever the year, for fields that know no other (RFC 5280 §5.3.2).
    package mutating func generalizedTime() throws(DERRefusal) -> Timestamp {
        guard let time = DERTime.parse(try primitive(.generalizedTime), isShort: false) else {
            throw .badValue
        }
        return time
    }
}

/// The two time forms of certificates, to the second, always `Z`.
enum DERTime {
    /// Whether RFC 5280 demands the two-digit year.
    static func isShort(_ time: Timestamp) -> Bool { (1950..<2050).contains(year(time)) }

    static func parse(_ text: [UInt8], isShort: Bool) -> Timestamp? {
        let yearDigits = isShort ? 2 : 4
        guard text.count == yearDigits + 11, text.last == UInt8(ascii: "Z"),
            let short = Decimal.value(text.prefix(yearDigits))
        else { return nil }
        let year = isShort ? (short < 50 ? 2000 + short : 1900 + short) : short
        func pair(_ place: Int) -> Int? {
            let start = yearDigits + 2 * place
            return Decimal.value(text[start..<start + 2])
        }
        guard let month = pair(0), let number = pair(1), let hour = pair(2),
            let minute = pair(3), let second = pair(4),
            let day = Day(year: year, month: month, day: number)
        else { return nil }
        return Timestamp(day, (hour, minute, second))
    }

    static func text(_ time: Timestamp, isShort: Bool) -> [UInt8] {
        let digits = time.description.bytes.filter { (0x30...0x39).contains($0) }
        return Array(digits.prefix(14).dropFirst(isShort ? 2 : 0)) + [UInt8(ascii: "Z")]
    }

    private static func year(_ time: Timestamp) -> Int { time.day.year }
}
