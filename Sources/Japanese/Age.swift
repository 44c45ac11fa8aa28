package import Primitives

/// Ages as sheets print them.
package enum Age {
    /// Completed years on `day`. A birthday counts from the day itself, one on 29 February from
    /// 1 March in common years.
    ///
    /// - Returns: nil before birth.
    package static func completedYears(bornOn birth: Day, on day: Day) -> Int? {
        guard birth <= day else { return nil }
        let hadBirthday = (day.month, day.day) >= (birth.month, birth.day)
        return day.year - birth.year - (hadBirthday ? 0 : 1)
    }
}
