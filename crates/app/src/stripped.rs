//! Pictures without what a camera writes beside the picture: place, time, device, and whoever held it. Refuses to look at the
//! picture itself.

use img_parts::Bytes;
use img_parts::jpeg::{Jpeg, markers};
use img_parts::png::Png;

/// What of a PNG file makes the picture; the rest is text, time and EXIF.
const PNG_PARTS: [&[u8; 4]; 14] = [
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"bKGD", b"hIST",
    b"pHYs", b"sPLT",
];

/// The picture alone, for a file that ends in `jpg`, `jpeg` or `png`; other files as they are. `None` where it is no such
/// picture.
pub(crate) fn stripped(ending: &str, bytes: Vec<u8>) -> Option<Vec<u8>> {
    match ending {
        "jpg" | "jpeg" => {
            let mut picture = Jpeg::from_bytes(Bytes::from(bytes)).ok()?;
            picture.segments_mut().retain(|segment| makes_the_picture(segment.marker()));
            Some(picture.encoder().bytes().to_vec())
        }
        "png" => {
            let mut picture = Png::from_bytes(Bytes::from(bytes)).ok()?;
            picture.chunks_mut().retain(|chunk| PNG_PARTS.contains(&&chunk.kind()));
            Some(picture.encoder().bytes().to_vec())
        }
        _ => Some(bytes),
    }
}

/// Of the application's own segments only those that say how colours are coded: JFIF, ICC profile and Adobe's transform.
fn makes_the_picture(marker: u8) -> bool {
    let of_applications = (markers::APP0..=markers::APP15).contains(&marker) || marker == markers::COM;
    !of_applications || [markers::APP0, markers::APP2, markers::APP14].contains(&marker)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn jpeg() -> Vec<u8> {
        let segment = |marker: u8, content: &[u8]| {
            let length = u16::try_from(content.len() + 2).unwrap().to_be_bytes();
            [&[0xFF, marker], &length[..], content].concat()
        };
        let start = segment(0xDA, &[1, 1, 0, 0, 63, 0]);
        let parts = [
            vec![0xFF, 0xD8],
            segment(0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0"),
            segment(0xE1, b"Exif\0\0 11.5564 N 104.9282 E"),
            segment(0xFE, b"taken by a person"),
            start,
            vec![0x12, 0x34, 0xFF, 0xD9],
        ];
        parts.concat()
    }

    #[test]
    fn place_and_person_leave_a_photograph() {
        let bare = stripped("jpg", jpeg()).unwrap();
        let holds = |words: &[u8]| bare.windows(words.len()).any(|window| window == words);
        assert!(!holds(b"104.9282") && !holds(b"person"));
        assert!(holds(b"JFIF") && holds(&[0x12, 0x34]));
        assert_eq!(stripped("jpg", bare.clone()).unwrap(), bare);
    }

    #[test]
    fn text_leaves_a_drawing() {
        let chunk =
            |kind: [u8; 4], content: &'static [u8]| img_parts::png::PngChunk::new(kind, Bytes::from_static(content));
        let mut png = vec![0x89, b'P', b'N', b'G', 0x0D, 0x0A, 0x1A, 0x0A];
        for chunk in [
            chunk(*b"IHDR", &[0; 13]),
            chunk(*b"tEXt", b"Author\0somebody"),
            chunk(*b"IDAT", b"x"),
            chunk(*b"IEND", b""),
        ] {
            png.extend(chunk.encoder().bytes());
        }
        let bare = stripped("png", png).unwrap();
        assert!(!bare.windows(8).any(|window| window == b"somebody"));
        assert!(bare.windows(4).any(|window| window == b"IDAT"));
    }

    proptest! {
        #[test]
        fn any_bytes_are_stripped_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..400), png: bool) {
            let head: &[u8] = if png { &[0x89, b'P', b'N', b'G', 0x0D, 0x0A, 0x1A, 0x0A] } else { &[0xFF, 0xD8] };
            let _ = stripped(if png { "png" } else { "jpg" }, [head, &bytes].concat());
            let _ = stripped(if png { "png" } else { "jpg" }, bytes);
        }

        /// What a camera wrote does not come through where the picture is damaged, either, and nothing is added.
        #[test]
        fn a_damaged_photograph_is_bare_or_refused(at in any::<prop::sample::Index>(), value: u8, cut: bool) {
            let mut bytes = jpeg();
            let at = at.index(bytes.len());
            if cut { bytes.truncate(at) } else { bytes[at] = value }
            let length = bytes.len();
            if let Some(bare) = stripped("jpg", bytes) {
                prop_assert!(bare.len() <= length + 4);
                prop_assert_eq!(stripped("jpg", bare.clone()).unwrap(), bare);
            }
        }
    }
}
