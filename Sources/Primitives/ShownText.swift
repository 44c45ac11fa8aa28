// Words of others that stand in lines of a terminal or a list.

extension Unicode.Scalar {
    /// Whether it steers a terminal, ends a line or turns the direction of the text; also a tab.
    package var steers: Bool {
        switch value {
        case 0...0x1F, 0x7F...0x9F, 0x2028...0x202E, 0x2066...0x2069: true
        default: false
        }
    }
}

extension String {
    /// Whether it is one line that looks like what it says.
    package var isOneLine: Bool { !unicodeScalars.contains(where: \.steers) }
}
