import Gateway
import Primitives
import Sheets

/// What an error holds besides its sentence: the problems of a sheet, or a place, one a line.
enum ErrorDetails {
    static func lines(of error: any Explained) -> [String] {
        switch error {
        case let relayed as RelayedError: relayed.details
        case let invalid as InvalidSheet: invalid.lines
        case let gateway as GatewayError:
            switch gateway {
            case .sheet(let invalid): invalid.lines
            case .malformed(let refusal): refusal.lines
            default: []
            }
        case let refusal as DecodingRefusal: refusal.lines
        default: []
        }
    }
}

extension DecodingRefusal {
    fileprivate var lines: [String] { place.isEmpty ? [] : ["\(place): \(reason.rawValue)"] }
}

extension InvalidSheet {
    fileprivate var lines: [String] {
        problems.map { "\($0.sentence)  [\($0.rule) \($0.pointer)]" }
    }
}
