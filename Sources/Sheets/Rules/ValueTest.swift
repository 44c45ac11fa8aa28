import Japanese
import Primitives

/// A question about one value; operands are literals or paths to other values.
enum ValueTest: Sendable {
    case present
    case isOneOf([JSON])
    case isNoneOf([JSON])
    case startsWith([String])
    case isAfter(RulePath)
    case isBefore(RulePath)
    /// Equals some value at the path; two times are equal as instants.
    case sameAs(RulePath)
    /// Equals no value at the path.
    case differsFrom(RulePath)
    case sameOrganizationAs(RulePath)
    case otherPatientThan(RulePath)
    /// The day is more than `days` after.
    case laterThan(days: Int, after: RulePath)
    /// The birth day lies more than `years` completed years before.
    case olderThan(years: Int, on: RulePath)
    /// The number is more than `years` away from the age.
    case differsFromAge(years: Int, birth: RulePath, on: RulePath)
    case failsCheckDigit(CheckDigit)
    case holdsMyNumber
    /// A birth day as written names a day outside its era.
    case outsideItsEra
    /// A birth day as written reads as another day.
    case readsOtherThan(RulePath)

    /// - Returns: nil where an operand is unsound.
    func passes(_ value: JSON, in view: SheetView, at scope: JSONPointer) -> Bool? {
        func compare(_ path: RulePath, _ matches: (JSON) -> Bool) -> Bool? {
            let finding = view.find(path, from: scope)
            if finding.values.contains(where: { matches($0.value) }) { return true }
            return finding.unknown > 0 ? nil : false
        }
        switch self {
        case .present: return true
        case .isOneOf(let literals): return literals.contains { $0.isSameValue(as: value) }
        case .isNoneOf(let literals): return !literals.contains { $0.isSameValue(as: value) }
        case .startsWith(let prefixes):
            return prefixes.contains { value.string?.utf8.starts(with: $0.utf8) ?? false }
        case .isAfter(let path): return compare(path) { CalendarPoint.isLater(value, than: $0) }
        case .isBefore(let path): return compare(path) { CalendarPoint.isLater($0, than: value) }
        case .sameAs(let path): return compare(path) { $0.isSameValue(as: value) }
        case .differsFrom(let path):
            return compare(path) { $0.isSameValue(as: value) }.map { !$0 }
        case .sameOrganizationAs(let path):
            return compare(path) { SameParty.isSameOrganization($0, value) }
        case .otherPatientThan(let path):
            return compare(path) { !SameParty.isSamePatient($0, value) }
        case .laterThan(let days, let path):
            return compare(path) { CalendarPoint.isLater(value, than: $0, byMoreThan: days) }
        case .olderThan(let years, let on):
            return compare(on) { (BirthDay.years(from: value, on: $0) ?? 0) > years }
        case .differsFromAge(let years, let birth, let on):
            return compare(birth) { birth in
                compare(on) { BirthDay.isFar(value, from: birth, on: $0, years: years) } ?? false
            }
        case .failsCheckDigit(let rule): return value.string.map { !rule.accepts($0) } ?? false
        case .holdsMyNumber: return value.string.map(MyNumber.isIn) ?? false
        case .outsideItsEra: return BirthDay.written(value).map { !$0.isInEra } ?? false
        case .readsOtherThan(let path):
            guard let written = BirthDay.written(value) else { return false }
            return compare(path) { $0.string.flatMap(Day.init).map { $0 != written.day } ?? false }
        }
    }
}

extension ValueTest {
    /// Takes the one test that `reader` holds beside `at`; none means `present`.
    init(_ reader: inout ObjectReader, _ lists: CodeLists) throws(DecodingRefusal) {
        if let literals = reader.optional("is")?.array {
            self = .isOneOf(literals)
        } else if let literals = reader.optional("isNot")?.array {
            self = .isNoneOf(literals)
        } else if let prefixes = reader.optional("startsWith")?.array {
            self = .startsWith(prefixes.compactMap(\.string))
        } else if reader.optional("inGroup") != nil {
            var group = try reader.object("inGroup")
            let list = try group.value("list") { lists[$0] }
            let codes = list.codes(inGroups: try group.array("groups").compactMap(\.string))
            try group.finish()
            self = .isOneOf(codes.map(JSON.string))
        } else if let test = try ValueTest.comparison(&reader) {
            self = test
        } else if let test = try ValueTest.special(&reader) {
            self = test
        } else {
            self = .present
        }
    }

    private static func comparison(
        _ reader: inout ObjectReader
    ) throws(DecodingRefusal) -> ValueTest? {
        let makers: [(String, (RulePath) -> ValueTest)] = [
            ("after", ValueTest.isAfter), ("before", ValueTest.isBefore),
            ("sameAs", ValueTest.sameAs), ("differsFrom", ValueTest.differsFrom),
            ("sameOrganizationAs", ValueTest.sameOrganizationAs),
            ("otherPatientThan", ValueTest.otherPatientThan),
            ("readsOtherThan", ValueTest.readsOtherThan),
        ]
        for (name, make) in makers {
            if let path = try reader.optionalValue(name, RulePath.init) { return make(path) }
        }
        return nil
    }

    private static func special(_ reader: inout ObjectReader) throws(DecodingRefusal) -> ValueTest?
    {
        if reader.optional("laterThan") != nil {
            var operand = try reader.object("laterThan")
            let days = try operand.integer("days")
            let after = try operand.value("after", RulePath.init)
            try operand.finish()
            return .laterThan(days: days, after: after)
        }
        if reader.optional("olderThan") != nil {
            var operand = try reader.object("olderThan")
            return .olderThan(
                years: try operand.integer("years"),
                on: try operand.value("on", RulePath.init)
            )
        }
        if reader.optional("differsFromAge") != nil {
            var operand = try reader.object("differsFromAge")
            return .differsFromAge(
                years: try operand.integer("years"),
                birth: try operand.value("birth", RulePath.init),
                on: try operand.value("on", RulePath.init)
            )
        }
        if let rule = try reader.optionalValue("failsCheckDigit", CheckDigit.init(rawValue:)) {
            return .failsCheckDigit(rule)
        }
        if try reader.optionalBool("holdsMyNumber") == true { return .holdsMyNumber }
        if try reader.optionalBool("outsideItsEra") == true { return .outsideItsEra }
        return nil
    }
}
