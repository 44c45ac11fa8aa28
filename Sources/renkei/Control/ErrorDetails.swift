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
            case .recipientUnreachable(_, let reach): [reach.line]
            default: []
            }
        case let refusal as DecodingRefusal: refusal.lines
        default: []
        }
    }
}

extension GatewayError.Reach {
    fileprivate var line: String {
        var cells = [name]
        if let telephone { cells.append("TEL \(telephone)") }
        if let fax { cells.append("FAX \(fax)") }
        return cells.joined(separator: "  ")
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
