/**
 * What the server answers, as in /openapi.json.
 *
 * @typedef {?[number, number]} Point
 * @typedef {{x: number, y: number, w: number, h: number, left_eye?: Point, right_eye?: Point,
 *   nose?: Point, mouth_left?: Point, mouth_right?: Point}} Area
 * @typedef {{score: number, reasons: string[]} & {[part in 'size' | 'sharpness' | 'pose' | 'exposure' | 'occlusion']: {score?: number}}} Quality
 * @typedef {{facial_area: Area, confidence: number, image: string, quality: Quality, is_real?: boolean, antispoof_score?: number}} ExtractedFace
 * @typedef {{width: number, height: number, faces: ExtractedFace[]}} Extraction
 * @typedef {{verified: boolean, distance: number, threshold: number, confidence: number, model: string,
 *   detector_backend: string, similarity_metric: string, align: string,
 *   facial_areas: {img1: Area, img2: Area}, time: number}} Verification
 * @typedef {{[label: string]: number}} Shares
 * @typedef {{age?: number, gender?: Shares, dominant_gender?: string, emotion?: Shares, dominant_emotion?: string,
 *   race?: Shares, dominant_race?: string, region: Area, face_confidence: number, models: {[action: string]: string}}} Analysis
 * @typedef {{name: string, model: string, detector: string, align: string, normalization: string, expand: number,
 *   dimensions: number, encrypted: boolean, people: number, samples: number, created: string}} Collection
 * @typedef {{name: string, faces: number, created: string, portrait?: Sample}} Person
 * @typedef {{id: number, img_name: string, hash: string, facial_area: Area, face_confidence: number, created: string,
 *   has_photo: boolean}} Sample
 * @typedef {{samples: {id: number, person: string, is_new: boolean}[], rejected?: {quality: Quality}[]}} Registered
 * @typedef {{id: number, person: string, img_name: string, hash: string, distance: number, threshold: number,
 *   confidence: number, distance_metric: string, target_x?: number, target_y?: number, target_w?: number,
 *   target_h?: number, has_photo: boolean}} Match
 * @typedef {{facial_area: Area, matches: Match[]}} SearchedFace
 * @typedef {{width?: number, height?: number, milliseconds?: number, problem?: {detail: string, status: number, code: string},
 *   faces?: {facial_area: Area, confidence: number, track: number, is_real?: boolean, antispoof_score?: number,
 *   person?: ?string, distance?: number}[]}} Frame
 * @typedef {{defaults: {model: string, detector: string, align: string},
 *   recognition: {name: string, dimensions: number, available: boolean, thresholds: {[metric: string]: number}}[],
 *   detectors: {name: string, available: boolean}[],
 *   attributes: {name: string, model: string, available: boolean}[],
 *   files: {model: string, file: string, available: boolean, licence: string, source: string, size?: ?number}[]}} Models
 */
export {};
