import Gateway
import Primitives
import Sheets

/// What an error holds besides its sentence: the problems of a sheet, one a line.
enum ErrorDetails {
    static func lines(of error: any Explained) -> [String] {
        switch error {
        case let relayed as RelayedError: relayed.details
        case let invalid as InvalidSheet: invalid.lines
        case let gateway as GatewayError:
            if case .sheet(let invalid) = gateway { invalid.lines } else { [] }
        default: []
        }
    }
}

extension InvalidSheet {
    fileprivate var lines: [String] {
        problems.map { "\($0.sentence)  [\($0.rule) \($0.pointer)]" }
    }
}
