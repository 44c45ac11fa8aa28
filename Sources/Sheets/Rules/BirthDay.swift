import Japanese
import Primitives

/// What a birth day says about other values of a sheet (P3, P7).
enum BirthDay {
    /// Completed years, nil unless both are days and the birth is not after the other.
    static func years(from birth: JSON, on day: JSON) -> Int? {
        guard let birth = birth.string.flatMap(Day.init), let day = day.string.flatMap(Day.init)
        else { return nil }
        return Age.completedYears(bornOn: birth, on: day)
    }

    static func isFar(_ number: JSON, from birth: JSON, on day: JSON, years limit: Int) -> Bool {
        guard let number = number.integer, let age = years(from: birth, on: day) else {
            return false
        }
        return abs(Int(number) - age) > limit
    }

    /// What a paper says (`birthDateAsWritten`), nil where it does not read as an existing day with
    /// its era, such as 昭和11年頃.
    static func written(_ json: JSON) -> Wareki? { json.string.flatMap(Wareki.init(reading:)) }
}
