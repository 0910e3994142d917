package evidence

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"

	"golang.org/x/image/draw"
	"golang.org/x/image/webp"
)

// Bounds of a picture. A picture that would unpack to more is refused before it is unpacked.
const (
	MaxImageBytes  = 25 << 20
	MaxImagePixels = 50_000_000
	// maxImageMemory bounds the unpacked size: 50 megapixels at four bytes each.
	maxImageMemory = 4 * MaxImagePixels
	// maxJPEGScans bounds the passes of a progressive JPEG. Real files have about ten; each
	// pass costs time for the whole picture but may take only a few bytes of the file.
	maxJPEGScans = 100
	jpegQuality  = 90
)

// Image is a picture that was read and written anew.
type Image struct {
	ContentType   string // of what was written: image/png or image/jpeg
	Width, Height int    // in pixels, upright
	Pixels        image.Image
}

const hintPicture = "Take the screenshot again as PNG, or attach it as an ordinary file."

// CleanImage reads a PNG, JPEG, GIF (its first frame) or WebP picture, turns it upright as its
// EXIF orientation says, and writes it to w anew, so that nothing but the pixels is left: no
// place, no camera, no text, nothing appended. JPEG stays JPEG at quality 90, all else becomes
// PNG. A picture that is damaged, of another kind (SVG and HTML above all), larger than
// MaxImageBytes, or that would unpack to more than MaxImagePixels gives an *Error. At its peak
// it needs about twice the unpacked size, so callers should run only a few at a time.
func CleanImage(r io.Reader, w io.Writer) (Image, error) {
	data, err := readAllBounded(r, MaxImageBytes, tooBig(0, "the picture is larger than 25 MB", "Crop it or make it smaller, or attach it as an ordinary file."))
	if err != nil {
		return Image{}, err
	}
	contentType, _ := Sniff(data, "")
	decode, ok := decoders[contentType]
	if !ok {
		return Image{}, fileError(0, "this is not a PNG, JPEG, GIF or WebP picture", hintPicture)
	}
	if err := checkImage(data, contentType, decode.config); err != nil {
		return Image{}, err
	}
	img, err := decodeImage(decode.full, data)
	if err != nil {
		return Image{}, fileError(0, "the picture is damaged: "+clip(err.Error(), 100), hintPicture)
	}
	out := Image{ContentType: "image/png"}
	if contentType == "image/jpeg" {
		out.ContentType = "image/jpeg"
		img = orient(img, exifOrientation(data))
	}
	out.Width, out.Height, out.Pixels = img.Bounds().Dx(), img.Bounds().Dy(), img
	if out.ContentType == "image/jpeg" {
		return out, jpeg.Encode(w, img, &jpeg.Options{Quality: jpegQuality})
	}
	return out, (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(w, img)
}

var decoders = map[string]struct {
	config func(io.Reader) (image.Config, error)
	full   func(io.Reader) (image.Image, error)
}{
	"image/png":  {png.DecodeConfig, png.Decode},
	"image/jpeg": {jpeg.DecodeConfig, jpeg.Decode},
	"image/gif":  {gif.DecodeConfig, gif.Decode},
	"image/webp": {webp.DecodeConfig, webp.Decode},
}

// decodeImage turns a defect of a decoder, met by hostile bytes, into an ordinary error.
func decodeImage(decode func(io.Reader) (image.Image, error), data []byte) (img image.Image, err error) {
	defer func() {
		if p := recover(); p != nil {
			img, err = nil, fmt.Errorf("the decoder gave up: %v", p)
		}
	}()
	img, err = decode(bytes.NewReader(data))
	if err == nil && img.Bounds().Empty() {
		err = fmt.Errorf("it has no pixels")
	}
	return img, err
}

// checkImage refuses a picture by what its headers say, before anything is unpacked.
func checkImage(data []byte, contentType string, config func(io.Reader) (image.Config, error)) error {
	c, err := config(bytes.NewReader(data))
	if err != nil {
		return fileError(0, "the picture is damaged: "+clip(err.Error(), 100), hintPicture)
	}
	if c.Width <= 0 || c.Height <= 0 {
		return fileError(0, "the picture has no pixels", hintPicture)
	}
	pixels := int64(c.Width) * int64(c.Height)
	if contentType == "image/webp" {
		pixels = max(pixels, webpPixels(data))
	}
	if pixels > MaxImagePixels {
		return tooBig(0, fmt.Sprintf("the picture has %d megapixels; 50 are allowed", (pixels+999_999)/1_000_000), "Crop it or make it smaller, or attach it as an ordinary file.")
	}
	if pixels*pixelBytes(c.ColorModel) > maxImageMemory {
		return tooBig(0, "the picture has 16 bits for each colour and is too large to unpack", "Save it with 8 bits for each colour, or attach it as an ordinary file.")
	}
	if contentType == "image/jpeg" && jpegScans(data) > maxJPEGScans {
		return fileError(0, "the picture has too many passes for an honest JPEG", hintPicture)
	}
	return nil
}

func pixelBytes(m color.Model) int64 {
	switch m {
	case color.RGBA64Model, color.NRGBA64Model:
		return 8
	case color.Gray16Model, color.Alpha16Model:
		return 2
	}
	return 4
}

// webpPixels is the size of the largest picture inside a WebP file, in pixels. The outer header
// (VP8X), which image.DecodeConfig believes, may claim less than what the decoder will unpack.
func webpPixels(data []byte) int64 {
	var most int64
	for i := 12; i+8 <= len(data); {
		size := int64(binary.LittleEndian.Uint32(data[i+4:]))
		body := data[i+8 : min(int64(len(data)), int64(i)+8+size)]
		switch string(data[i : i+4]) {
		case "VP8 ": // RFC 6386 9.1: three bytes of frame tag, a start code, 14 bits each
			if len(body) >= 10 {
				w := int64(binary.LittleEndian.Uint16(body[6:])) & 0x3fff
				h := int64(binary.LittleEndian.Uint16(body[8:])) & 0x3fff
				most = max(most, w*h)
			}
		case "VP8L": // signature, then 14 bits each, less one
			if len(body) >= 5 {
				v := binary.LittleEndian.Uint32(body[1:])
				most = max(most, int64(v&0x3fff+1)*int64(v>>14&0x3fff+1))
			}
		}
		next := int64(i) + 8 + size + size&1
		if next > int64(len(data)) {
			break
		}
		i = int(next)
	}
	return most
}

// jpegSegments calls f with the marker and the payload of each segment until f says false or
// the file ends. Entropy-coded data between segments is skipped.
func jpegSegments(data []byte, f func(marker byte, payload []byte) bool) {
	for i := 2; i+1 < len(data); {
		if data[i] != 0xff {
			skip := bytes.IndexByte(data[i:], 0xff)
			if skip < 0 {
				return
			}
			i += skip
			continue
		}
		m := data[i+1]
		switch {
		case m == 0xff: // fill
			i++
			continue
		case m == 0 || m == 1 || m >= 0xd0 && m <= 0xd8: // stuffing, TEM, restart, start: no payload
			i += 2
			continue
		case m == 0xd9 || i+4 > len(data): // end
			return
		}
		size := int(binary.BigEndian.Uint16(data[i+2:]))
		if size < 2 || i+2+size > len(data) {
			return
		}
		if !f(m, data[i+4:i+2+size]) {
			return
		}
		i += 2 + size
	}
}

func jpegScans(data []byte) int {
	n := 0
	jpegSegments(data, func(m byte, _ []byte) bool {
		if m == 0xda {
			n++
		}
		return n <= maxJPEGScans
	})
	return n
}

// exifOrientation is the orientation (1 to 8, EXIF 2.32 tag 0x0112) of a JPEG, 1 when it has none.
func exifOrientation(data []byte) int {
	orientation := 1
	jpegSegments(data, func(m byte, p []byte) bool {
		if m == 0xda {
			return false
		}
		if m != 0xe1 || !bytes.HasPrefix(p, []byte("Exif\x00\x00")) || len(p) < 14 {
			return true
		}
		tiff := p[6:]
		var order binary.ByteOrder
		switch string(tiff[:2]) {
		case "II":
			order = binary.LittleEndian
		case "MM":
			order = binary.BigEndian
		default:
			return true
		}
		at := int64(order.Uint32(tiff[4:]))
		if at+2 > int64(len(tiff)) {
			return true
		}
		count := int64(order.Uint16(tiff[at:]))
		for k := range count {
			e := at + 2 + 12*k
			if e+12 > int64(len(tiff)) {
				break
			}
			if order.Uint16(tiff[e:]) == 0x0112 && order.Uint16(tiff[e+2:]) == 3 {
				if v := int(order.Uint16(tiff[e+8:])); v >= 1 && v <= 8 {
					orientation = v
				}
				break
			}
		}
		return false
	})
	return orientation
}

// orient turns and mirrors img so that orientation becomes 1.
func orient(img image.Image, orientation int) image.Image {
	if orientation <= 1 || orientation > 8 {
		return img
	}
	b := img.Bounds()
	w, h := b.Dx(), b.Dy()
	// A JPEG decodes to YCbCr, which is read as it is: a second copy of a large photograph would
	// cost 200 MB.
	var at func(x, y int) color.RGBA
	if ycc, ok := img.(*image.YCbCr); ok {
		at = func(x, y int) color.RGBA {
			c := ycc.YCbCrAt(b.Min.X+x, b.Min.Y+y)
			r, g, b := color.YCbCrToRGB(c.Y, c.Cb, c.Cr)
			return color.RGBA{r, g, b, 255}
		}
	} else {
		src := image.NewRGBA(image.Rect(0, 0, w, h))
		draw.Draw(src, src.Bounds(), img, b.Min, draw.Src)
		at = src.RGBAAt
	}
	dw, dh := w, h
	if orientation >= 5 {
		dw, dh = h, w
	}
	dst := image.NewRGBA(image.Rect(0, 0, dw, dh))
	for y := range dh {
		for x := range dw {
			sx, sy := x, y
			switch orientation {
			case 2:
				sx = w - 1 - x
			case 3:
				sx, sy = w-1-x, h-1-y
			case 4:
				sy = h - 1 - y
			case 5:
				sx, sy = y, x
			case 6:
				sx, sy = y, h-1-x
			case 7:
				sx, sy = w-1-y, h-1-x
			case 8:
				sx, sy = w-1-y, x
			}
			dst.SetRGBA(x, y, at(sx, sy))
		}
	}
	return dst
}

// Thumbnail makes img fit into a square of side pixels; a smaller one is given back as it is.
func Thumbnail(img image.Image, side int) image.Image {
	b := img.Bounds()
	w, h := b.Dx(), b.Dy()
	side = max(side, 1)
	if w <= side && h <= side {
		return img
	}
	if w >= h {
		w, h = side, max(1, h*side/w)
	} else {
		w, h = max(1, w*side/h), side
	}
	dst := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.BiLinear.Scale(dst, dst.Bounds(), img, b, draw.Src, nil)
	return dst
}

// WriteThumbnail writes a thumbnail of img as JPEG on a white ground, fitting into a square of
// side pixels, and gives its size.
func WriteThumbnail(w io.Writer, img image.Image, side int) (width, height int, err error) {
	small := Thumbnail(img, side)
	b := small.Bounds()
	flat := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Draw(flat, flat.Bounds(), image.White, image.Point{}, draw.Src)
	draw.Draw(flat, flat.Bounds(), small, b.Min, draw.Over)
	return b.Dx(), b.Dy(), jpeg.Encode(w, flat, &jpeg.Options{Quality: 82})
}
